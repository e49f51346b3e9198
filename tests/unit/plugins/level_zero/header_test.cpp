// Our declarations of Level Zero against the real headers: compiled where they are installed, and that is the
// test. What a header is too old for is left out by its `since`.
#include <level_zero/ze_api.h>
#include <level_zero/zes_api.h>

#include <cstddef>
#include <type_traits>

#include "plugins/level_zero/api.hpp"

// The types of our entries, by symbol.
namespace hal::plugins::level_zero::driver::types {
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) \
  using symbol = entry_of<void parameters>::type;
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
}  // namespace hal::plugins::level_zero::driver::types

namespace {

namespace ours = hal::plugins::level_zero::driver;
namespace sysman = hal::plugins::level_zero::driver::sysman;

// ---- Functions: as many parameters, each passed in the same way ----

template <typename One, typename Other>
constexpr bool passed_alike() {
  const bool same_class = std::is_pointer_v<One> == std::is_pointer_v<Other> &&
                          std::is_class_v<One> == std::is_class_v<Other> &&
                          std::is_floating_point_v<One> == std::is_floating_point_v<Other>;
  if constexpr (std::is_pointer_v<One> && std::is_pointer_v<Other>) {
    using to = std::remove_pointer_t<One>;
    using from = std::remove_pointer_t<Other>;
    if constexpr (std::is_arithmetic_v<to> && std::is_arithmetic_v<from>)
      return sizeof(to) == sizeof(from) && std::is_const_v<to> == std::is_const_v<from>;
    return std::is_const_v<to> == std::is_const_v<from>;
  } else {
    return same_class && sizeof(One) == sizeof(Other);
  }
}

template <typename One, typename Other>
struct alike : std::false_type {};
template <typename... One, typename... Other>
requires(sizeof...(One) == sizeof...(Other)) struct alike<ours::result (*)(One...), ze_result_t (*)(Other...)>
    : std::bool_constant<(passed_alike<One, Other>() && ...)> {
};

#define HAL_LEVEL_ZERO_CHECK_ENTRY(symbol) \
  static_assert(alike<ours::types::symbol, decltype(&::symbol)>::value, #symbol " differs from the header");
#include "level_zero_header_entries.inc"

// ---- Codes ----

[[maybe_unused]] constexpr bool knows(ze_result_t code) {
  switch (static_cast<int>(code)) {
#define HAL_LEVEL_ZERO_RESULT(name, number, status, since) \
  case number:                                             \
    return true;
#include "plugins/level_zero/results.inc"
#undef HAL_LEVEL_ZERO_RESULT
  }
  return false;
}

#include "level_zero_header_codes.inc"

// ---- Constants ----

#define HAL_LEVEL_ZERO_SAME(mine, theirs) \
  static_assert(static_cast<std::uint64_t>(ours::mine) == static_cast<std::uint64_t>(theirs))

HAL_LEVEL_ZERO_SAME(driver_properties_type, ZE_STRUCTURE_TYPE_DRIVER_PROPERTIES);
HAL_LEVEL_ZERO_SAME(driver_ipc_properties_type, ZE_STRUCTURE_TYPE_DRIVER_IPC_PROPERTIES);
HAL_LEVEL_ZERO_SAME(device_properties_type, ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(compute_properties_type, ZE_STRUCTURE_TYPE_DEVICE_COMPUTE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(module_properties_type, ZE_STRUCTURE_TYPE_DEVICE_MODULE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(queue_group_properties_type, ZE_STRUCTURE_TYPE_COMMAND_QUEUE_GROUP_PROPERTIES);
HAL_LEVEL_ZERO_SAME(memory_properties_type, ZE_STRUCTURE_TYPE_DEVICE_MEMORY_PROPERTIES);
HAL_LEVEL_ZERO_SAME(memory_access_properties_type, ZE_STRUCTURE_TYPE_DEVICE_MEMORY_ACCESS_PROPERTIES);
HAL_LEVEL_ZERO_SAME(cache_properties_type, ZE_STRUCTURE_TYPE_DEVICE_CACHE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(p2p_properties_type, ZE_STRUCTURE_TYPE_DEVICE_P2P_PROPERTIES);
HAL_LEVEL_ZERO_SAME(external_memory_properties_type, ZE_STRUCTURE_TYPE_DEVICE_EXTERNAL_MEMORY_PROPERTIES);
HAL_LEVEL_ZERO_SAME(context_description_type, ZE_STRUCTURE_TYPE_CONTEXT_DESC);
HAL_LEVEL_ZERO_SAME(queue_description_type, ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC);
HAL_LEVEL_ZERO_SAME(list_description_type, ZE_STRUCTURE_TYPE_COMMAND_LIST_DESC);
HAL_LEVEL_ZERO_SAME(fence_description_type, ZE_STRUCTURE_TYPE_FENCE_DESC);
HAL_LEVEL_ZERO_SAME(event_pool_description_type, ZE_STRUCTURE_TYPE_EVENT_POOL_DESC);
HAL_LEVEL_ZERO_SAME(event_description_type, ZE_STRUCTURE_TYPE_EVENT_DESC);
HAL_LEVEL_ZERO_SAME(device_allocation_type, ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC);
HAL_LEVEL_ZERO_SAME(host_allocation_type, ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC);
HAL_LEVEL_ZERO_SAME(allocation_properties_type, ZE_STRUCTURE_TYPE_MEMORY_ALLOCATION_PROPERTIES);
HAL_LEVEL_ZERO_SAME(export_description_type, ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_EXPORT_DESC);
HAL_LEVEL_ZERO_SAME(import_fd_type, ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMPORT_FD);
HAL_LEVEL_ZERO_SAME(export_fd_type, ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_EXPORT_FD);
HAL_LEVEL_ZERO_SAME(module_description_type, ZE_STRUCTURE_TYPE_MODULE_DESC);
HAL_LEVEL_ZERO_SAME(kernel_description_type, ZE_STRUCTURE_TYPE_KERNEL_DESC);
HAL_LEVEL_ZERO_SAME(kernel_properties_type, ZE_STRUCTURE_TYPE_KERNEL_PROPERTIES);
HAL_LEVEL_ZERO_SAME(pci_properties_type, ZE_STRUCTURE_TYPE_PCI_EXT_PROPERTIES);
HAL_LEVEL_ZERO_SAME(relaxed_allocation_type, ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC);
HAL_LEVEL_ZERO_SAME(device_properties_1_2_type, ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES_1_2);
HAL_LEVEL_ZERO_SAME(ipc_memory, ZE_IPC_PROPERTY_FLAG_MEMORY);
HAL_LEVEL_ZERO_SAME(gpu, ZE_DEVICE_TYPE_GPU);
HAL_LEVEL_ZERO_SAME(cpu, ZE_DEVICE_TYPE_CPU);
HAL_LEVEL_ZERO_SAME(fpga, ZE_DEVICE_TYPE_FPGA);
HAL_LEVEL_ZERO_SAME(copy_accelerator, ZE_DEVICE_TYPE_MCA);
HAL_LEVEL_ZERO_SAME(vpu, ZE_DEVICE_TYPE_VPU);
HAL_LEVEL_ZERO_SAME(device_integrated, ZE_DEVICE_PROPERTY_FLAG_INTEGRATED);
HAL_LEVEL_ZERO_SAME(device_is_part, ZE_DEVICE_PROPERTY_FLAG_SUBDEVICE);
HAL_LEVEL_ZERO_SAME(device_ecc, ZE_DEVICE_PROPERTY_FLAG_ECC);
HAL_LEVEL_ZERO_SAME(module_f16, ZE_DEVICE_MODULE_FLAG_FP16);
HAL_LEVEL_ZERO_SAME(module_f64, ZE_DEVICE_MODULE_FLAG_FP64);
HAL_LEVEL_ZERO_SAME(module_i64_atomics, ZE_DEVICE_MODULE_FLAG_INT64_ATOMICS);
HAL_LEVEL_ZERO_SAME(group_computes, ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE);
HAL_LEVEL_ZERO_SAME(group_copies, ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COPY);
HAL_LEVEL_ZERO_SAME(group_cooperates, ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COOPERATIVE_KERNELS);
HAL_LEVEL_ZERO_SAME(access_read_write, ZE_MEMORY_ACCESS_CAP_FLAG_RW);
HAL_LEVEL_ZERO_SAME(external_opaque_fd, ZE_EXTERNAL_MEMORY_TYPE_FLAG_OPAQUE_FD);
HAL_LEVEL_ZERO_SAME(external_dma_buf, ZE_EXTERNAL_MEMORY_TYPE_FLAG_DMA_BUF);
HAL_LEVEL_ZERO_SAME(p2p_access, ZE_DEVICE_P2P_PROPERTY_FLAG_ACCESS);
HAL_LEVEL_ZERO_SAME(p2p_atomics, ZE_DEVICE_P2P_PROPERTY_FLAG_ATOMICS);
HAL_LEVEL_ZERO_SAME(queue_asynchronous, ZE_COMMAND_QUEUE_MODE_ASYNCHRONOUS);
HAL_LEVEL_ZERO_SAME(priority_low, ZE_COMMAND_QUEUE_PRIORITY_PRIORITY_LOW);
HAL_LEVEL_ZERO_SAME(priority_high, ZE_COMMAND_QUEUE_PRIORITY_PRIORITY_HIGH);
HAL_LEVEL_ZERO_SAME(pool_host_visible, ZE_EVENT_POOL_FLAG_HOST_VISIBLE);
HAL_LEVEL_ZERO_SAME(scope_host, ZE_EVENT_SCOPE_FLAG_HOST);
HAL_LEVEL_ZERO_SAME(relaxed_max_size, ZE_RELAXED_ALLOCATION_LIMITS_EXP_FLAG_MAX_SIZE);
HAL_LEVEL_ZERO_SAME(memory_host, ZE_MEMORY_TYPE_HOST);
HAL_LEVEL_ZERO_SAME(memory_device, ZE_MEMORY_TYPE_DEVICE);
HAL_LEVEL_ZERO_SAME(memory_shared, ZE_MEMORY_TYPE_SHARED);
HAL_LEVEL_ZERO_SAME(format_spirv, ZE_MODULE_FORMAT_IL_SPIRV);
HAL_LEVEL_ZERO_SAME(format_native, ZE_MODULE_FORMAT_NATIVE);
HAL_LEVEL_ZERO_SAME(indirect_host, ZE_KERNEL_INDIRECT_ACCESS_FLAG_HOST);
HAL_LEVEL_ZERO_SAME(indirect_device, ZE_KERNEL_INDIRECT_ACCESS_FLAG_DEVICE);
HAL_LEVEL_ZERO_SAME(indirect_shared, ZE_KERNEL_INDIRECT_ACCESS_FLAG_SHARED);
HAL_LEVEL_ZERO_SAME(sysman::device_properties_type, ZES_STRUCTURE_TYPE_DEVICE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::engine_properties_type, ZES_STRUCTURE_TYPE_ENGINE_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::frequency_properties_type, ZES_STRUCTURE_TYPE_FREQ_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::memory_properties_type, ZES_STRUCTURE_TYPE_MEM_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::power_properties_type, ZES_STRUCTURE_TYPE_POWER_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::temperature_properties_type, ZES_STRUCTURE_TYPE_TEMP_PROPERTIES);
HAL_LEVEL_ZERO_SAME(sysman::frequency_state_type, ZES_STRUCTURE_TYPE_FREQ_STATE);
HAL_LEVEL_ZERO_SAME(sysman::memory_state_type, ZES_STRUCTURE_TYPE_MEM_STATE);
HAL_LEVEL_ZERO_SAME(sysman::sensor_global, ZES_TEMP_SENSORS_GLOBAL);
HAL_LEVEL_ZERO_SAME(sysman::sensor_gpu, ZES_TEMP_SENSORS_GPU);
HAL_LEVEL_ZERO_SAME(sysman::sensor_memory, ZES_TEMP_SENSORS_MEMORY);
HAL_LEVEL_ZERO_SAME(sysman::domain_gpu, ZES_FREQ_DOMAIN_GPU);
HAL_LEVEL_ZERO_SAME(sysman::domain_memory, ZES_FREQ_DOMAIN_MEMORY);
HAL_LEVEL_ZERO_SAME(sysman::engines_compute_all, ZES_ENGINE_GROUP_COMPUTE_ALL);
HAL_LEVEL_ZERO_SAME(sysman::location_device, ZES_MEM_LOC_DEVICE);

// ---- Records: the same size, and the fields that are used at the same place ----

#define HAL_LEVEL_ZERO_FIELD(mine, my_field, theirs, their_field)                  \
  static_assert(offsetof(ours::mine, my_field) == offsetof(theirs, their_field) && \
                sizeof(ours::mine::my_field) == sizeof(theirs::their_field))
#define HAL_LEVEL_ZERO_SIZE(mine, theirs) static_assert(sizeof(ours::mine) == sizeof(theirs))

HAL_LEVEL_ZERO_SIZE(driver_properties, ze_driver_properties_t);
HAL_LEVEL_ZERO_FIELD(driver_properties, version, ze_driver_properties_t, driverVersion);
HAL_LEVEL_ZERO_SIZE(driver_ipc_properties, ze_driver_ipc_properties_t);
HAL_LEVEL_ZERO_SIZE(extension, ze_driver_extension_properties_t);
HAL_LEVEL_ZERO_SIZE(device_properties, ze_device_properties_t);
HAL_LEVEL_ZERO_FIELD(device_properties, kind, ze_device_properties_t, type);
HAL_LEVEL_ZERO_FIELD(device_properties, flags, ze_device_properties_t, flags);
HAL_LEVEL_ZERO_FIELD(device_properties, part_number, ze_device_properties_t, subdeviceId);
HAL_LEVEL_ZERO_FIELD(device_properties, max_allocation, ze_device_properties_t, maxMemAllocSize);
HAL_LEVEL_ZERO_FIELD(device_properties, max_queue_priority, ze_device_properties_t, maxCommandQueuePriority);
HAL_LEVEL_ZERO_FIELD(device_properties, slices, ze_device_properties_t, numSlices);
HAL_LEVEL_ZERO_FIELD(device_properties, timer_resolution, ze_device_properties_t, timerResolution);
HAL_LEVEL_ZERO_FIELD(device_properties, timestamp_bits, ze_device_properties_t, timestampValidBits);
HAL_LEVEL_ZERO_FIELD(device_properties, uuid, ze_device_properties_t, uuid);
HAL_LEVEL_ZERO_FIELD(device_properties, name, ze_device_properties_t, name);
HAL_LEVEL_ZERO_SIZE(compute_properties, ze_device_compute_properties_t);
HAL_LEVEL_ZERO_FIELD(compute_properties, max_shared_memory, ze_device_compute_properties_t,
                     maxSharedLocalMemory);
HAL_LEVEL_ZERO_FIELD(compute_properties, subgroup_sizes, ze_device_compute_properties_t, subGroupSizes);
HAL_LEVEL_ZERO_SIZE(module_properties, ze_device_module_properties_t);
HAL_LEVEL_ZERO_FIELD(module_properties, max_arguments_size, ze_device_module_properties_t, maxArgumentsSize);
HAL_LEVEL_ZERO_SIZE(queue_group_properties, ze_command_queue_group_properties_t);
HAL_LEVEL_ZERO_FIELD(queue_group_properties, queue_count, ze_command_queue_group_properties_t, numQueues);
HAL_LEVEL_ZERO_SIZE(memory_properties, ze_device_memory_properties_t);
HAL_LEVEL_ZERO_FIELD(memory_properties, total, ze_device_memory_properties_t, totalSize);
HAL_LEVEL_ZERO_SIZE(memory_access_properties, ze_device_memory_access_properties_t);
HAL_LEVEL_ZERO_SIZE(cache_properties, ze_device_cache_properties_t);
HAL_LEVEL_ZERO_FIELD(cache_properties, size, ze_device_cache_properties_t, cacheSize);
HAL_LEVEL_ZERO_SIZE(external_memory_properties, ze_device_external_memory_properties_t);
HAL_LEVEL_ZERO_SIZE(p2p_properties, ze_device_p2p_properties_t);
HAL_LEVEL_ZERO_SIZE(pci_properties, ze_pci_ext_properties_t);
HAL_LEVEL_ZERO_SIZE(context_description, ze_context_desc_t);
HAL_LEVEL_ZERO_SIZE(queue_description, ze_command_queue_desc_t);
HAL_LEVEL_ZERO_FIELD(queue_description, priority, ze_command_queue_desc_t, priority);
HAL_LEVEL_ZERO_SIZE(list_description, ze_command_list_desc_t);
HAL_LEVEL_ZERO_SIZE(fence_description, ze_fence_desc_t);
HAL_LEVEL_ZERO_SIZE(event_pool_description, ze_event_pool_desc_t);
HAL_LEVEL_ZERO_FIELD(event_pool_description, count, ze_event_pool_desc_t, count);
HAL_LEVEL_ZERO_SIZE(event_description, ze_event_desc_t);
HAL_LEVEL_ZERO_FIELD(event_description, wait, ze_event_desc_t, wait);
HAL_LEVEL_ZERO_SIZE(device_allocation, ze_device_mem_alloc_desc_t);
HAL_LEVEL_ZERO_SIZE(host_allocation, ze_host_mem_alloc_desc_t);
HAL_LEVEL_ZERO_SIZE(relaxed_allocation, ze_relaxed_allocation_limits_exp_desc_t);
HAL_LEVEL_ZERO_SIZE(allocation_properties, ze_memory_allocation_properties_t);
HAL_LEVEL_ZERO_FIELD(allocation_properties, kind, ze_memory_allocation_properties_t, type);
HAL_LEVEL_ZERO_SIZE(export_description, ze_external_memory_export_desc_t);
HAL_LEVEL_ZERO_SIZE(external_fd, ze_external_memory_import_fd_t);
HAL_LEVEL_ZERO_SIZE(external_fd, ze_external_memory_export_fd_t);
HAL_LEVEL_ZERO_FIELD(external_fd, fd, ze_external_memory_export_fd_t, fd);
HAL_LEVEL_ZERO_SIZE(ipc_handle, ze_ipc_mem_handle_t);
HAL_LEVEL_ZERO_SIZE(copy_region, ze_copy_region_t);
HAL_LEVEL_ZERO_SIZE(module_constants, ze_module_constants_t);
HAL_LEVEL_ZERO_SIZE(module_description, ze_module_desc_t);
HAL_LEVEL_ZERO_FIELD(module_description, flags, ze_module_desc_t, pBuildFlags);
HAL_LEVEL_ZERO_FIELD(module_description, constants, ze_module_desc_t, pConstants);
HAL_LEVEL_ZERO_SIZE(kernel_description, ze_kernel_desc_t);
HAL_LEVEL_ZERO_SIZE(kernel_properties, ze_kernel_properties_t);
HAL_LEVEL_ZERO_FIELD(kernel_properties, required_group[0], ze_kernel_properties_t, requiredGroupSizeX);
HAL_LEVEL_ZERO_FIELD(kernel_properties, shared_memory, ze_kernel_properties_t, localMemSize);
HAL_LEVEL_ZERO_FIELD(kernel_properties, spilled_memory, ze_kernel_properties_t, spillMemSize);
HAL_LEVEL_ZERO_SIZE(group_count, ze_group_count_t);
HAL_LEVEL_ZERO_SIZE(sysman::device_properties, zes_device_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::device_properties, core, zes_device_properties_t, core);
HAL_LEVEL_ZERO_SIZE(sysman::power_properties, zes_power_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::power_properties, part, zes_power_properties_t, subdeviceId);
HAL_LEVEL_ZERO_SIZE(sysman::energy_counter, zes_power_energy_counter_t);
HAL_LEVEL_ZERO_SIZE(sysman::sustained_limit, zes_power_sustained_limit_t);
HAL_LEVEL_ZERO_SIZE(sysman::temperature_properties, zes_temp_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::temperature_properties, part, zes_temp_properties_t, subdeviceId);
HAL_LEVEL_ZERO_SIZE(sysman::frequency_properties, zes_freq_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::frequency_properties, part, zes_freq_properties_t, subdeviceId);
HAL_LEVEL_ZERO_SIZE(sysman::frequency_state, zes_freq_state_t);
HAL_LEVEL_ZERO_FIELD(sysman::frequency_state, actual, zes_freq_state_t, actual);
HAL_LEVEL_ZERO_SIZE(sysman::engine_properties, zes_engine_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::engine_properties, part, zes_engine_properties_t, subdeviceId);
HAL_LEVEL_ZERO_SIZE(sysman::engine_activity, zes_engine_stats_t);
HAL_LEVEL_ZERO_SIZE(sysman::memory_properties, zes_mem_properties_t);
HAL_LEVEL_ZERO_FIELD(sysman::memory_properties, location, zes_mem_properties_t, location);
HAL_LEVEL_ZERO_SIZE(sysman::memory_state, zes_mem_state_t);
HAL_LEVEL_ZERO_FIELD(sysman::memory_state, free, zes_mem_state_t, free);
HAL_LEVEL_ZERO_SIZE(sysman::memory_bandwidth, zes_mem_bandwidth_t);
HAL_LEVEL_ZERO_FIELD(sysman::memory_bandwidth, max_bandwidth, zes_mem_bandwidth_t, maxBandwidth);

}  // namespace
