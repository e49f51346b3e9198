// What the loader asks a driver for: one table of entries for each kind of object. An entry that is not ours
// stays NULL, which the loader answers for.
#include <level_zero/ze_ddi.h>
#include <level_zero/zes_ddi.h>
#include <level_zero/zet_ddi.h>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace entries = sim::entries;

SIM_EXPORT ze_result_t zeGetGlobalProcAddrTable(ze_api_version_t, ze_global_dditable_t *table) {
  table->pfnInit = &entries::init;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetDriverProcAddrTable(ze_api_version_t, ze_driver_dditable_t *table) {
  table->pfnGet = &entries::driver_get;
  table->pfnGetApiVersion = &entries::driver_get_api_version;
  table->pfnGetProperties = &entries::driver_get_properties;
  table->pfnGetIpcProperties = &entries::driver_get_ipc_properties;
  table->pfnGetExtensionProperties = &entries::driver_get_extension_properties;
  table->pfnGetExtensionFunctionAddress = &entries::driver_get_extension_function_address;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetDeviceProcAddrTable(ze_api_version_t, ze_device_dditable_t *table) {
  table->pfnGet = &entries::device_get;
  table->pfnGetSubDevices = &entries::device_get_sub_devices;
  table->pfnGetProperties = &entries::device_get_properties;
  table->pfnGetComputeProperties = &entries::device_get_compute_properties;
  table->pfnGetModuleProperties = &entries::device_get_module_properties;
  table->pfnGetCommandQueueGroupProperties = &entries::device_get_queue_groups;
  table->pfnGetMemoryProperties = &entries::device_get_memory_properties;
  table->pfnGetMemoryAccessProperties = &entries::device_get_memory_access_properties;
  table->pfnGetCacheProperties = &entries::device_get_cache_properties;
  table->pfnGetExternalMemoryProperties = &entries::device_get_external_memory_properties;
  table->pfnGetP2PProperties = &entries::device_get_p2p_properties;
  table->pfnCanAccessPeer = &entries::device_can_access_peer;
  table->pfnGetStatus = &entries::device_get_status;
  table->pfnPciGetPropertiesExt = &entries::device_pci_get_properties;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetContextProcAddrTable(ze_api_version_t, ze_context_dditable_t *table) {
  table->pfnCreate = &entries::context_create;
  table->pfnDestroy = &entries::context_destroy;
  table->pfnGetStatus = &entries::context_get_status;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetCommandListProcAddrTable(ze_api_version_t, ze_command_list_dditable_t *table) {
  table->pfnCreate = &entries::list_create;
  table->pfnCreateImmediate = &entries::list_create_immediate;
  table->pfnClose = &entries::list_close;
  table->pfnDestroy = &entries::list_destroy;
  table->pfnAppendWriteGlobalTimestamp = &entries::append_write_global_timestamp;
  table->pfnAppendBarrier = &entries::append_barrier;
  table->pfnAppendMemoryCopy = &entries::append_memory_copy;
  table->pfnAppendMemoryFill = &entries::append_memory_fill;
  table->pfnAppendMemoryCopyRegion = &entries::append_memory_copy_region;
  table->pfnAppendLaunchKernel = &entries::append_launch_kernel;
  table->pfnAppendLaunchCooperativeKernel = &entries::append_launch_cooperative_kernel;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetCommandQueueProcAddrTable(ze_api_version_t, ze_command_queue_dditable_t *table) {
  table->pfnCreate = &entries::queue_create;
  table->pfnDestroy = &entries::queue_destroy;
  table->pfnExecuteCommandLists = &entries::queue_execute;
  table->pfnSynchronize = &entries::queue_synchronize;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetFenceProcAddrTable(ze_api_version_t, ze_fence_dditable_t *table) {
  table->pfnCreate = &entries::fence_create;
  table->pfnDestroy = &entries::fence_destroy;
  table->pfnQueryStatus = &entries::fence_query_status;
  table->pfnReset = &entries::fence_reset;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetEventPoolProcAddrTable(ze_api_version_t, ze_event_pool_dditable_t *table) {
  table->pfnCreate = &entries::event_pool_create;
  table->pfnDestroy = &entries::event_pool_destroy;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetEventProcAddrTable(ze_api_version_t, ze_event_dditable_t *table) {
  table->pfnCreate = &entries::event_create;
  table->pfnDestroy = &entries::event_destroy;
  table->pfnHostSignal = &entries::event_host_signal;
  table->pfnHostSynchronize = &entries::event_host_synchronize;
  table->pfnQueryStatus = &entries::event_query_status;
  table->pfnHostReset = &entries::event_host_reset;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetModuleProcAddrTable(ze_api_version_t, ze_module_dditable_t *table) {
  table->pfnCreate = &entries::module_create;
  table->pfnDestroy = &entries::module_destroy;
  table->pfnGetNativeBinary = &entries::module_get_native_binary;
  table->pfnGetKernelNames = &entries::module_get_kernel_names;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetModuleBuildLogProcAddrTable(ze_api_version_t,
                                                        ze_module_build_log_dditable_t *table) {
  table->pfnDestroy = &entries::build_log_destroy;
  table->pfnGetString = &entries::build_log_get_string;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetKernelProcAddrTable(ze_api_version_t, ze_kernel_dditable_t *table) {
  table->pfnCreate = &entries::kernel_create;
  table->pfnDestroy = &entries::kernel_destroy;
  table->pfnSetGroupSize = &entries::kernel_set_group_size;
  table->pfnSuggestGroupSize = &entries::kernel_suggest_group_size;
  table->pfnSuggestMaxCooperativeGroupCount = &entries::kernel_suggest_cooperative_count;
  table->pfnSetArgumentValue = &entries::kernel_set_argument;
  table->pfnSetIndirectAccess = &entries::kernel_set_indirect_access;
  table->pfnGetProperties = &entries::kernel_get_properties;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zeGetMemProcAddrTable(ze_api_version_t, ze_mem_dditable_t *table) {
  table->pfnAllocShared = &entries::mem_alloc_shared;
  table->pfnAllocDevice = &entries::mem_alloc_device;
  table->pfnAllocHost = &entries::mem_alloc_host;
  table->pfnFree = &entries::mem_free;
  table->pfnGetAllocProperties = &entries::mem_get_alloc_properties;
  table->pfnGetAddressRange = &entries::mem_get_address_range;
  table->pfnGetIpcHandle = &entries::mem_get_ipc_handle;
  table->pfnOpenIpcHandle = &entries::mem_open_ipc_handle;
  table->pfnCloseIpcHandle = &entries::mem_close_ipc_handle;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetDeviceProcAddrTable(ze_api_version_t, zes_device_dditable_t *table) {
  table->pfnGetProperties = &entries::sysman_device_get_properties;
  table->pfnEnumEngineGroups = &entries::enumerate_engines;
  table->pfnEnumFrequencyDomains = &entries::enumerate_frequencies;
  table->pfnEnumMemoryModules = &entries::enumerate_memories;
  table->pfnEnumPowerDomains = &entries::enumerate_power;
  table->pfnEnumTemperatureSensors = &entries::enumerate_temperatures;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetPowerProcAddrTable(ze_api_version_t, zes_power_dditable_t *table) {
  table->pfnGetProperties = &entries::power_get_properties;
  table->pfnGetEnergyCounter = &entries::power_get_energy;
  table->pfnGetLimits = &entries::power_get_limits;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetFrequencyProcAddrTable(ze_api_version_t, zes_frequency_dditable_t *table) {
  table->pfnGetProperties = &entries::frequency_get_properties;
  table->pfnGetState = &entries::frequency_get_state;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetEngineProcAddrTable(ze_api_version_t, zes_engine_dditable_t *table) {
  table->pfnGetProperties = &entries::engine_get_properties;
  table->pfnGetActivity = &entries::engine_get_activity;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetMemoryProcAddrTable(ze_api_version_t, zes_memory_dditable_t *table) {
  table->pfnGetProperties = &entries::memory_get_properties;
  table->pfnGetState = &entries::memory_get_state;
  table->pfnGetBandwidth = &entries::memory_get_bandwidth;
  return ZE_RESULT_SUCCESS;
}

SIM_EXPORT ze_result_t zesGetTemperatureProcAddrTable(ze_api_version_t, zes_temperature_dditable_t *table) {
  table->pfnGetProperties = &entries::temperature_get_properties;
  table->pfnGetState = &entries::temperature_get_state;
  return ZE_RESULT_SUCCESS;
}

// Nothing of these is ours.
#define SIM_NO_ENTRIES(getter, type)                        \
  SIM_EXPORT ze_result_t getter(ze_api_version_t, type *) { \
    return ZE_RESULT_SUCCESS;                               \
  }
SIM_NO_ENTRIES(zeGetDeviceExpProcAddrTable, ze_device_exp_dditable_t)
SIM_NO_ENTRIES(zeGetImageProcAddrTable, ze_image_dditable_t)
SIM_NO_ENTRIES(zeGetImageExpProcAddrTable, ze_image_exp_dditable_t)
SIM_NO_ENTRIES(zeGetEventExpProcAddrTable, ze_event_exp_dditable_t)
SIM_NO_ENTRIES(zeGetKernelExpProcAddrTable, ze_kernel_exp_dditable_t)
SIM_NO_ENTRIES(zeGetSamplerProcAddrTable, ze_sampler_dditable_t)
SIM_NO_ENTRIES(zeGetPhysicalMemProcAddrTable, ze_physical_mem_dditable_t)
SIM_NO_ENTRIES(zeGetVirtualMemProcAddrTable, ze_virtual_mem_dditable_t)
SIM_NO_ENTRIES(zeGetFabricVertexExpProcAddrTable, ze_fabric_vertex_exp_dditable_t)
SIM_NO_ENTRIES(zeGetFabricEdgeExpProcAddrTable, ze_fabric_edge_exp_dditable_t)
SIM_NO_ENTRIES(zesGetDriverProcAddrTable, zes_driver_dditable_t)
SIM_NO_ENTRIES(zesGetSchedulerProcAddrTable, zes_scheduler_dditable_t)
SIM_NO_ENTRIES(zesGetPerformanceFactorProcAddrTable, zes_performance_factor_dditable_t)
SIM_NO_ENTRIES(zesGetStandbyProcAddrTable, zes_standby_dditable_t)
SIM_NO_ENTRIES(zesGetFirmwareProcAddrTable, zes_firmware_dditable_t)
SIM_NO_ENTRIES(zesGetFabricPortProcAddrTable, zes_fabric_port_dditable_t)
SIM_NO_ENTRIES(zesGetPsuProcAddrTable, zes_psu_dditable_t)
SIM_NO_ENTRIES(zesGetFanProcAddrTable, zes_fan_dditable_t)
SIM_NO_ENTRIES(zesGetLedProcAddrTable, zes_led_dditable_t)
SIM_NO_ENTRIES(zesGetRasProcAddrTable, zes_ras_dditable_t)
SIM_NO_ENTRIES(zesGetDiagnosticsProcAddrTable, zes_diagnostics_dditable_t)
SIM_NO_ENTRIES(zetGetDeviceProcAddrTable, zet_device_dditable_t)
SIM_NO_ENTRIES(zetGetContextProcAddrTable, zet_context_dditable_t)
SIM_NO_ENTRIES(zetGetCommandListProcAddrTable, zet_command_list_dditable_t)
SIM_NO_ENTRIES(zetGetModuleProcAddrTable, zet_module_dditable_t)
SIM_NO_ENTRIES(zetGetKernelProcAddrTable, zet_kernel_dditable_t)
SIM_NO_ENTRIES(zetGetMetricGroupProcAddrTable, zet_metric_group_dditable_t)
SIM_NO_ENTRIES(zetGetMetricGroupExpProcAddrTable, zet_metric_group_exp_dditable_t)
SIM_NO_ENTRIES(zetGetMetricProcAddrTable, zet_metric_dditable_t)
SIM_NO_ENTRIES(zetGetMetricStreamerProcAddrTable, zet_metric_streamer_dditable_t)
SIM_NO_ENTRIES(zetGetMetricQueryPoolProcAddrTable, zet_metric_query_pool_dditable_t)
SIM_NO_ENTRIES(zetGetMetricQueryProcAddrTable, zet_metric_query_dditable_t)
SIM_NO_ENTRIES(zetGetTracerExpProcAddrTable, zet_tracer_exp_dditable_t)
SIM_NO_ENTRIES(zetGetDebugProcAddrTable, zet_debug_dditable_t)
#undef SIM_NO_ENTRIES
