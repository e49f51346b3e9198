// The stand-in's entries, as ze_api.h and zes_api.h declare them; tables.cpp hands them to the loader.
#pragma once

#include <level_zero/ze_api.h>
#include <level_zero/zes_api.h>

namespace sim::entries {

ze_result_t init(ze_init_flags_t);                                                   // zeInit
ze_result_t driver_get(uint32_t *count, ze_driver_handle_t *drivers);                // zeDriverGet
ze_result_t driver_get_api_version(ze_driver_handle_t, ze_api_version_t *out);       // zeDriverGetApiVersion
ze_result_t driver_get_properties(ze_driver_handle_t, ze_driver_properties_t *out);  // zeDriverGetProperties
ze_result_t driver_get_ipc_properties(ze_driver_handle_t,
                                      ze_driver_ipc_properties_t *out);  // zeDriverGetIpcProperties
ze_result_t driver_get_extension_properties(
    ze_driver_handle_t, uint32_t *count,
    ze_driver_extension_properties_t *out);  // zeDriverGetExtensionProperties
ze_result_t driver_get_extension_function_address(ze_driver_handle_t, const char *name,
                                                  void **out);  // zeDriverGetExtensionFunctionAddress
ze_result_t device_get(ze_driver_handle_t, uint32_t *count, ze_device_handle_t *out);  // zeDeviceGet
ze_result_t device_get_sub_devices(ze_device_handle_t device, uint32_t *count,
                                   ze_device_handle_t *out);  // zeDeviceGetSubDevices
ze_result_t device_get_properties(ze_device_handle_t device,
                                  ze_device_properties_t *out);  // zeDeviceGetProperties
ze_result_t device_get_compute_properties(
    ze_device_handle_t device, ze_device_compute_properties_t *out);  // zeDeviceGetComputeProperties
ze_result_t device_get_module_properties(ze_device_handle_t device,
                                         ze_device_module_properties_t *out);  // zeDeviceGetModuleProperties
ze_result_t device_get_queue_groups(
    ze_device_handle_t device, uint32_t *count,
    ze_command_queue_group_properties_t *out);  // zeDeviceGetCommandQueueGroupProperties
ze_result_t device_get_memory_properties(ze_device_handle_t device, uint32_t *count,
                                         ze_device_memory_properties_t *out);  // zeDeviceGetMemoryProperties
ze_result_t device_get_memory_access_properties(
    ze_device_handle_t device,
    ze_device_memory_access_properties_t *out);  // zeDeviceGetMemoryAccessProperties
ze_result_t device_get_cache_properties(ze_device_handle_t, uint32_t *count,
                                        ze_device_cache_properties_t *out);  // zeDeviceGetCacheProperties
ze_result_t device_get_external_memory_properties(
    ze_device_handle_t device,
    ze_device_external_memory_properties_t *out);  // zeDeviceGetExternalMemoryProperties
ze_result_t device_get_p2p_properties(ze_device_handle_t, ze_device_handle_t,
                                      ze_device_p2p_properties_t *out);  // zeDeviceGetP2PProperties
ze_result_t device_can_access_peer(ze_device_handle_t device, ze_device_handle_t peer,
                                   ze_bool_t *out);        // zeDeviceCanAccessPeer
ze_result_t device_get_status(ze_device_handle_t device);  // zeDeviceGetStatus
ze_result_t device_pci_get_properties(ze_device_handle_t device,
                                      ze_pci_ext_properties_t *out);  // zeDevicePciGetPropertiesExt
ze_result_t context_create(ze_driver_handle_t, const ze_context_desc_t *,
                           ze_context_handle_t *out);         // zeContextCreate
ze_result_t context_destroy(ze_context_handle_t context);     // zeContextDestroy
ze_result_t context_get_status(ze_context_handle_t context);  // zeContextGetStatus
ze_result_t list_create_immediate(ze_context_handle_t context, ze_device_handle_t device,
                                  const ze_command_queue_desc_t *wanted,
                                  ze_command_list_handle_t *out);  // zeCommandListCreateImmediate
ze_result_t list_create(ze_context_handle_t context, ze_device_handle_t device,
                        const ze_command_list_desc_t *wanted,
                        ze_command_list_handle_t *out);   // zeCommandListCreate
ze_result_t list_close(ze_command_list_handle_t list);    // zeCommandListClose
ze_result_t list_destroy(ze_command_list_handle_t list);  // zeCommandListDestroy
ze_result_t queue_create(ze_context_handle_t context, ze_device_handle_t device,
                         const ze_command_queue_desc_t *wanted,
                         ze_command_queue_handle_t *out);    // zeCommandQueueCreate
ze_result_t queue_destroy(ze_command_queue_handle_t queue);  // zeCommandQueueDestroy
ze_result_t queue_execute(ze_command_queue_handle_t queue, uint32_t count, ze_command_list_handle_t *lists,
                          ze_fence_handle_t fence);  // zeCommandQueueExecuteCommandLists
ze_result_t queue_synchronize(ze_command_queue_handle_t queue,
                              uint64_t timeout);  // zeCommandQueueSynchronize
ze_result_t fence_create(ze_command_queue_handle_t queue, const ze_fence_desc_t *,
                         ze_fence_handle_t *out);         // zeFenceCreate
ze_result_t fence_destroy(ze_fence_handle_t fence);       // zeFenceDestroy
ze_result_t fence_query_status(ze_fence_handle_t fence);  // zeFenceQueryStatus
ze_result_t fence_reset(ze_fence_handle_t fence);         // zeFenceReset
ze_result_t append_barrier(ze_command_list_handle_t list, ze_event_handle_t signal, uint32_t count,
                           ze_event_handle_t *waits);  // zeCommandListAppendBarrier
ze_result_t append_write_global_timestamp(
    ze_command_list_handle_t list, uint64_t *out, ze_event_handle_t signal, uint32_t count,
    ze_event_handle_t *waits);  // zeCommandListAppendWriteGlobalTimestamp
ze_result_t append_memory_copy(ze_command_list_handle_t list, void *to, const void *from, size_t size,
                               ze_event_handle_t signal, uint32_t count,
                               ze_event_handle_t *waits);  // zeCommandListAppendMemoryCopy
ze_result_t append_memory_fill(ze_command_list_handle_t list, void *to, const void *pattern,
                               size_t pattern_size, size_t size, ze_event_handle_t signal, uint32_t count,
                               ze_event_handle_t *waits);  // zeCommandListAppendMemoryFill
ze_result_t append_memory_copy_region(ze_command_list_handle_t list, void *to,
                                      const ze_copy_region_t *to_region, uint32_t to_pitch, uint32_t,
                                      const void *from, const ze_copy_region_t *from_region,
                                      uint32_t from_pitch, uint32_t, ze_event_handle_t signal, uint32_t count,
                                      ze_event_handle_t *waits);  // zeCommandListAppendMemoryCopyRegion
ze_result_t append_launch_kernel(ze_command_list_handle_t list, ze_kernel_handle_t kernel,
                                 const ze_group_count_t *groups, ze_event_handle_t signal, uint32_t count,
                                 ze_event_handle_t *waits);  // zeCommandListAppendLaunchKernel
ze_result_t append_launch_cooperative_kernel(
    ze_command_list_handle_t list, ze_kernel_handle_t kernel, const ze_group_count_t *groups,
    ze_event_handle_t signal, uint32_t count,
    ze_event_handle_t *waits);  // zeCommandListAppendLaunchCooperativeKernel
ze_result_t event_pool_create(ze_context_handle_t context, const ze_event_pool_desc_t *wanted, uint32_t,
                              ze_device_handle_t *, ze_event_pool_handle_t *out);  // zeEventPoolCreate
ze_result_t event_pool_destroy(ze_event_pool_handle_t pool);                       // zeEventPoolDestroy
ze_result_t event_create(ze_event_pool_handle_t pool, const ze_event_desc_t *wanted,
                         ze_event_handle_t *out);                               // zeEventCreate
ze_result_t event_destroy(ze_event_handle_t event);                             // zeEventDestroy
ze_result_t event_host_signal(ze_event_handle_t event);                         // zeEventHostSignal
ze_result_t event_host_synchronize(ze_event_handle_t event, uint64_t timeout);  // zeEventHostSynchronize
ze_result_t event_query_status(ze_event_handle_t event);                        // zeEventQueryStatus
ze_result_t event_host_reset(ze_event_handle_t event);                          // zeEventHostReset
ze_result_t mem_alloc_device(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted,
                             size_t size, size_t alignment, ze_device_handle_t device,
                             void **out);  // zeMemAllocDevice
ze_result_t mem_alloc_host(ze_context_handle_t context, const ze_host_mem_alloc_desc_t *, size_t size,
                           size_t alignment, void **out);  // zeMemAllocHost
ze_result_t mem_alloc_shared(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted,
                             const ze_host_mem_alloc_desc_t *, size_t size, size_t alignment,
                             ze_device_handle_t device, void **out);  // zeMemAllocShared
ze_result_t mem_free(ze_context_handle_t context, void *given);       // zeMemFree
ze_result_t mem_get_alloc_properties(ze_context_handle_t context, const void *address,
                                     ze_memory_allocation_properties_t *out,
                                     ze_device_handle_t *device);  // zeMemGetAllocProperties
ze_result_t mem_get_address_range(ze_context_handle_t context, const void *address, void **base,
                                  size_t *size);  // zeMemGetAddressRange
ze_result_t mem_get_ipc_handle(ze_context_handle_t, const void *address,
                               ze_ipc_mem_handle_t *out);  // zeMemGetIpcHandle
ze_result_t mem_open_ipc_handle(ze_context_handle_t context, ze_device_handle_t device,
                                ze_ipc_mem_handle_t handle, ze_ipc_memory_flags_t,
                                void **out);                                         // zeMemOpenIpcHandle
ze_result_t mem_close_ipc_handle(ze_context_handle_t context, const void *address);  // zeMemCloseIpcHandle
ze_result_t module_create(ze_context_handle_t context, ze_device_handle_t device,
                          const ze_module_desc_t *given, ze_module_handle_t *out,
                          ze_module_build_log_handle_t *log);  // zeModuleCreate
ze_result_t module_destroy(ze_module_handle_t module);         // zeModuleDestroy
ze_result_t build_log_get_string(ze_module_build_log_handle_t log, size_t *size,
                                 char *out);                      // zeModuleBuildLogGetString
ze_result_t build_log_destroy(ze_module_build_log_handle_t log);  // zeModuleBuildLogDestroy
ze_result_t module_get_native_binary(ze_module_handle_t module, size_t *size,
                                     uint8_t *out);  // zeModuleGetNativeBinary
ze_result_t module_get_kernel_names(ze_module_handle_t module, uint32_t *count,
                                    const char **out);  // zeModuleGetKernelNames
ze_result_t kernel_create(ze_module_handle_t module, const ze_kernel_desc_t *wanted,
                          ze_kernel_handle_t *out);     // zeKernelCreate
ze_result_t kernel_destroy(ze_kernel_handle_t kernel);  // zeKernelDestroy
ze_result_t kernel_set_indirect_access(ze_kernel_handle_t,
                                       ze_kernel_indirect_access_flags_t);  // zeKernelSetIndirectAccess
ze_result_t kernel_set_group_size(ze_kernel_handle_t kernel, uint32_t x, uint32_t y,
                                  uint32_t z);  // zeKernelSetGroupSize
ze_result_t kernel_suggest_group_size(ze_kernel_handle_t, uint32_t x, uint32_t y, uint32_t z, uint32_t *out_x,
                                      uint32_t *out_y, uint32_t *out_z);  // zeKernelSuggestGroupSize
ze_result_t kernel_suggest_cooperative_count(ze_kernel_handle_t kernel,
                                             uint32_t *out);  // zeKernelSuggestMaxCooperativeGroupCount
ze_result_t kernel_set_argument(ze_kernel_handle_t kernel, uint32_t index, size_t size,
                                const void *value);  // zeKernelSetArgumentValue
ze_result_t kernel_get_properties(ze_kernel_handle_t kernel,
                                  ze_kernel_properties_t *out);            // zeKernelGetProperties
ze_result_t sysman_init(uint32_t);                                         // zesInit
ze_result_t sysman_driver_get(uint32_t *count, zes_driver_handle_t *out);  // zesDriverGet
ze_result_t sysman_device_get(zes_driver_handle_t, uint32_t *count,
                              zes_device_handle_t *out);  // zesDeviceGet
ze_result_t sysman_device_get_properties(zes_device_handle_t given,
                                         zes_device_properties_t *out);  // zesDeviceGetProperties
ze_result_t enumerate_power(zes_device_handle_t device, uint32_t *count,
                            zes_pwr_handle_t *out);  // zesDeviceEnumPowerDomains
ze_result_t power_get_properties(zes_pwr_handle_t power,
                                 zes_power_properties_t *out);                    // zesPowerGetProperties
ze_result_t power_get_energy(zes_pwr_handle_t, zes_power_energy_counter_t *out);  // zesPowerGetEnergyCounter
ze_result_t power_get_limits(zes_pwr_handle_t, zes_power_sustained_limit_t *out, zes_power_burst_limit_t *,
                             zes_power_peak_limit_t *);  // zesPowerGetLimits
ze_result_t enumerate_temperatures(zes_device_handle_t device, uint32_t *count,
                                   zes_temp_handle_t *out);  // zesDeviceEnumTemperatureSensors
ze_result_t temperature_get_properties(zes_temp_handle_t sensor,
                                       zes_temp_properties_t *out);        // zesTemperatureGetProperties
ze_result_t temperature_get_state(zes_temp_handle_t sensor, double *out);  // zesTemperatureGetState
ze_result_t enumerate_frequencies(zes_device_handle_t device, uint32_t *count,
                                  zes_freq_handle_t *out);  // zesDeviceEnumFrequencyDomains
ze_result_t frequency_get_properties(zes_freq_handle_t domain,
                                     zes_freq_properties_t *out);  // zesFrequencyGetProperties
ze_result_t frequency_get_state(zes_freq_handle_t domain, zes_freq_state_t *out);  // zesFrequencyGetState
ze_result_t enumerate_engines(zes_device_handle_t device, uint32_t *count,
                              zes_engine_handle_t *out);  // zesDeviceEnumEngineGroups
ze_result_t engine_get_properties(zes_engine_handle_t engine,
                                  zes_engine_properties_t *out);  // zesEngineGetProperties
ze_result_t engine_get_activity(zes_engine_handle_t engine, zes_engine_stats_t *out);  // zesEngineGetActivity
ze_result_t enumerate_memories(zes_device_handle_t device, uint32_t *count,
                               zes_mem_handle_t *out);  // zesDeviceEnumMemoryModules
ze_result_t memory_get_properties(zes_mem_handle_t module,
                                  zes_mem_properties_t *out);                  // zesMemoryGetProperties
ze_result_t memory_get_state(zes_mem_handle_t module, zes_mem_state_t *out);   // zesMemoryGetState
ze_result_t memory_get_bandwidth(zes_mem_handle_t, zes_mem_bandwidth_t *out);  // zesMemoryGetBandwidth

}  // namespace sim::entries
