// Our declarations of the management library against a real nvml.h. What differs does not compile.
#include <doctest/doctest.h>
#include <nvml.h>

#include <cstddef>
#include <type_traits>

#include "plugins/cuda/nvml.hpp"

namespace nvml = hal::plugins::cuda::nvml;

namespace {

// A parameter as the call passes it: pointers and enumerations by their size, numbers by their type.
template <typename Ours, typename Theirs>
constexpr bool passes_alike() {
  if constexpr (std::is_integral_v<Ours> && std::is_integral_v<Theirs>) {
    return std::is_same_v<Ours, Theirs>;
  } else {
    return sizeof(Ours) == sizeof(Theirs) && std::is_pointer_v<Ours> == std::is_pointer_v<Theirs>;
  }
}

template <typename Ours, typename Theirs>
struct calls_alike : std::false_type {};
template <typename Result, typename... Ours, typename TheirResult, typename... Theirs>
requires(sizeof...(Ours) ==
         sizeof...(Theirs)) struct calls_alike<Result (*)(Ours...), TheirResult (*)(Theirs...)>
    : std::bool_constant<sizeof(Result) == sizeof(TheirResult) && (passes_alike<Ours, Theirs>() && ...)> {
};

#define HAL_NVML_ENTRY(member, symbol, parameters) \
  static_assert(calls_alike<decltype(nvml::entries::member), decltype(&symbol)>::value, #symbol);
#include "plugins/cuda/nvml_entries.inc"
#undef HAL_NVML_ENTRY

#define SAME_SIZE(ours, theirs) static_assert(sizeof(nvml::ours) == sizeof(theirs), #theirs)
#define SAME_FIELD(ours, field, theirs, their_field)                                                        \
  static_assert(offsetof(nvml::ours, field) == offsetof(theirs, their_field) &&                             \
                    sizeof(std::declval<nvml::ours>().field) == sizeof(std::declval<theirs>().their_field), \
                #theirs "." #their_field)

SAME_SIZE(utilization, nvmlUtilization_t);
SAME_FIELD(utilization, gpu, nvmlUtilization_t, gpu);
SAME_FIELD(utilization, memory, nvmlUtilization_t, memory);
SAME_SIZE(memory, nvmlMemory_t);
SAME_FIELD(memory, total, nvmlMemory_t, total);
SAME_FIELD(memory, free, nvmlMemory_t, free);
SAME_FIELD(memory, used, nvmlMemory_t, used);
SAME_SIZE(pci_info, nvmlPciInfo_t);
SAME_FIELD(pci_info, bus_id, nvmlPciInfo_t, busId);
SAME_SIZE(field_value, nvmlFieldValue_t);
SAME_FIELD(field_value, field, nvmlFieldValue_t, fieldId);
SAME_FIELD(field_value, type, nvmlFieldValue_t, valueType);
SAME_FIELD(field_value, result, nvmlFieldValue_t, nvmlReturn);
SAME_FIELD(field_value, value, nvmlFieldValue_t, value);
SAME_SIZE(event_data, nvmlEventData_t);
SAME_FIELD(event_data, device, nvmlEventData_t, device);
SAME_FIELD(event_data, type, nvmlEventData_t, eventType);
SAME_FIELD(event_data, data, nvmlEventData_t, eventData);

#define SAME_VALUE(ours, theirs)                                                                        \
  static_assert(static_cast<unsigned long long>(nvml::ours) == static_cast<unsigned long long>(theirs), \
                #theirs)
SAME_VALUE(clock_graphics, NVML_CLOCK_GRAPHICS);
SAME_VALUE(clock_memory, NVML_CLOCK_MEM);
SAME_VALUE(sensor_gpu, NVML_TEMPERATURE_GPU);
SAME_VALUE(error_corrected, NVML_MEMORY_ERROR_TYPE_CORRECTED);
SAME_VALUE(error_uncorrected, NVML_MEMORY_ERROR_TYPE_UNCORRECTED);
SAME_VALUE(ecc_volatile, NVML_VOLATILE_ECC);
SAME_VALUE(pcie_sent, NVML_PCIE_UTIL_TX_BYTES);
SAME_VALUE(pcie_received, NVML_PCIE_UTIL_RX_BYTES);
SAME_VALUE(state_enabled, NVML_FEATURE_ENABLED);
SAME_VALUE(type_unsigned, NVML_VALUE_TYPE_UNSIGNED_INT);
SAME_VALUE(type_unsigned_long, NVML_VALUE_TYPE_UNSIGNED_LONG);
SAME_VALUE(type_unsigned_large, NVML_VALUE_TYPE_UNSIGNED_LONG_LONG);
SAME_VALUE(field_memory_temperature, NVML_FI_DEV_MEMORY_TEMP);
SAME_VALUE(event_xid, nvmlEventTypeXidCriticalError);
SAME_VALUE(throttle_idle, nvmlClocksThrottleReasonGpuIdle);
SAME_VALUE(throttle_application_clocks, nvmlClocksThrottleReasonApplicationsClocksSetting);
SAME_VALUE(throttle_software_power, nvmlClocksThrottleReasonSwPowerCap);
SAME_VALUE(throttle_hardware, nvmlClocksThrottleReasonHwSlowdown);
SAME_VALUE(throttle_sync_boost, nvmlClocksThrottleReasonSyncBoost);
SAME_VALUE(throttle_software_thermal, nvmlClocksThrottleReasonSwThermalSlowdown);
SAME_VALUE(throttle_hardware_thermal, nvmlClocksThrottleReasonHwThermalSlowdown);
SAME_VALUE(throttle_power_brake, nvmlClocksThrottleReasonHwPowerBrakeSlowdown);
SAME_VALUE(throttle_display_clocks, nvmlClocksThrottleReasonDisplayClockSetting);
#ifdef NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX
SAME_VALUE(field_link_sent, NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_TX);
SAME_VALUE(field_link_received, NVML_FI_DEV_NVLINK_THROUGHPUT_DATA_RX);
#endif
static_assert(nvml::most_links >= NVML_NVLINK_MAX_LINKS);

}  // namespace

TEST_CASE("cuda nvml.h: every entry, record and constant is as the header has it") {
  CHECK(NVML_SUCCESS == 0);
}
