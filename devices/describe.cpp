#include "devices/describe.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "devices/text.hpp"
#include "hal/detail/device_state.hpp"
#include "hal/error.hpp"

namespace hal::devices {
namespace {

template <std::size_t Count, std::size_t Room>
std::vector<std::string> texts_of(const char (&from)[Count][Room]) {
  std::vector<std::string> texts;
  for (const auto &text : from) {
    if (text[0] != '\0') texts.push_back(printable(text));
  }
  return texts;
}

device_type type_of(hal_device_type type) noexcept {
  return type <= HAL_DEVICE_TYPE_COPROCESSOR ? static_cast<device_type>(type) : device_type::other;
}

device_identity identity_of(const hal_device_identity &from) {
  device_identity identity;
  // An address that no function can have would not be found again by what is printed.
  if ((from.valid & HAL_IDENTITY_PCI) != 0 && from.pci_device < 32 && from.pci_function < 8) {
    identity.pci = pci_address{from.pci_domain, from.pci_bus, from.pci_device, from.pci_function};
  }
  if ((from.valid & HAL_IDENTITY_UUID) != 0) {
    std::copy(std::begin(from.uuid), std::end(from.uuid), identity.uuid.emplace().bytes.begin());
  }
  if ((from.valid & HAL_IDENTITY_PARTITION) != 0) identity.partition = from.partition;
  return identity;
}

device_property property_of(const hal_property &from) {
  device_property property{printable(from.name), printable(from.unit), {}};
  switch (from.type) {
    case HAL_PROPERTY_UNSIGNED:
      property.value = from.value.unsigned_value;
      break;
    case HAL_PROPERTY_SIGNED:
      property.value = from.value.signed_value;
      break;
    case HAL_PROPERTY_REAL:
      property.value = from.value.real_value;
      break;
    case HAL_PROPERTY_BOOLEAN:
      property.value = from.value.unsigned_value != 0;
      break;
    default:
      property.value = printable(from.text);
      break;
  }
  return property;
}

}  // namespace

device_info describe(const hal_plugin &plugin, std::uint32_t index) {
  hal_device_description from{};
  from.struct_size = sizeof from;
  detail::error_record error;
  detail::check(plugin.describe(index, &from, error.get()), error, nullptr);

  device_info info;
  info.plugin = plugin.name;
  info.index = index;
  info.type = type_of(from.type);
  info.identity = identity_of(from.identity);
  info.name = printable(from.name);
  info.vendor = printable(from.vendor);
  info.driver_version = printable(from.driver_version);
  info.vendor_id = from.vendor_id;
  info.device_id = from.device_id;
  info.memory_total = from.memory_total;
  info.max_allocation = from.max_allocation;
  info.memory_bandwidth = from.memory_bandwidth;
  info.l2_cache_size = from.l2_cache_size;
  info.memory_bus_width = from.memory_bus_width;
  info.cache_line_size = from.cache_line_size;
  info.allocation_alignment = from.allocation_alignment;
  info.compute_units = from.compute_units;
  info.max_block_items = from.max_block_items;
  std::copy_n(from.max_block, 3, info.max_block.begin());
  std::copy_n(from.max_grid, 3, info.max_grid.begin());
  info.subgroup_size = from.subgroup_size;
  info.max_items_per_unit = from.max_items_per_unit;
  info.registers_per_block = from.registers_per_block;
  info.max_arguments_size = from.max_arguments_size;
  info.shared_memory_per_block = from.shared_memory_per_block;
  info.max_dynamic_shared_memory = from.max_dynamic_shared_memory;
  info.clock_rate = from.clock_rate;
  info.data_types = from.data_types;
  info.features = from.features;
  info.peak_f64 = from.peak_f64;
  info.peak_f32 = from.peak_f32;
  info.peak_f16 = from.peak_f16;
  info.peak_bf16 = from.peak_bf16;
  info.peak_f8 = from.peak_f8;
  info.peak_i8 = from.peak_i8;
  info.module_formats = texts_of(from.module_formats);
  info.targets = texts_of(from.targets);
  return info;
}

std::vector<device_property> properties(const hal_plugin &plugin, std::uint32_t index) {
  // A plugin that tells of more is cut here rather than believed.
  constexpr std::uint32_t most = 4096;
  detail::error_record error;
  std::uint32_t count = 0;
  const hal_status status = plugin.properties(index, nullptr, 0, &count, error.get());
  if (status == HAL_STATUS_UNSUPPORTED) return {};
  detail::check(status, error, nullptr);
  std::vector<hal_property> from(std::min(count, most));
  detail::check(
      plugin.properties(index, from.data(), static_cast<std::uint32_t>(from.size()), &count, error.get()),
      error, nullptr);
  from.resize(std::min<std::size_t>(from.size(), count));
  std::vector<device_property> all;
  all.reserve(from.size());
  for (const hal_property &property : from) all.push_back(property_of(property));
  return all;
}

device_metrics metrics(const hal_plugin &plugin, std::uint32_t index) {
  hal_metrics from{};
  from.struct_size = sizeof from;
  detail::error_record error;
  detail::check(plugin.metrics(index, &from, error.get()), error, nullptr);
  device_metrics metrics;
  metrics.timestamp = from.timestamp;
  const auto take = [&from](std::uint64_t bit, auto value, auto &into) {
    if ((from.valid & bit) != 0) into = value;
  };
  take(HAL_METRIC_UTILIZATION, from.utilization, metrics.utilization);
  take(HAL_METRIC_MEMORY_UTILIZATION, from.memory_utilization, metrics.memory_utilization);
  take(HAL_METRIC_MEMORY_USED, from.memory_used, metrics.memory_used);
  take(HAL_METRIC_MEMORY_TOTAL, from.memory_total, metrics.memory_total);
  take(HAL_METRIC_POWER, from.power, metrics.power);
  take(HAL_METRIC_POWER_LIMIT, from.power_limit, metrics.power_limit);
  take(HAL_METRIC_TEMPERATURE, from.temperature, metrics.temperature);
  take(HAL_METRIC_COMPUTE_CLOCK, from.compute_clock, metrics.compute_clock);
  take(HAL_METRIC_MEMORY_CLOCK, from.memory_clock, metrics.memory_clock);
  take(HAL_METRIC_MEMORY_TEMPERATURE, from.memory_temperature, metrics.memory_temperature);
  take(HAL_METRIC_BUS_RATES, from.bus_sent, metrics.bus_sent);
  take(HAL_METRIC_BUS_RATES, from.bus_received, metrics.bus_received);
  take(HAL_METRIC_LINK_BYTES, from.link_sent, metrics.link_sent);
  take(HAL_METRIC_LINK_BYTES, from.link_received, metrics.link_received);
  take(HAL_METRIC_ECC_ERRORS, from.ecc_corrected, metrics.ecc_corrected);
  take(HAL_METRIC_ECC_ERRORS, from.ecc_uncorrected, metrics.ecc_uncorrected);
  take(HAL_METRIC_FAULTS, from.faults, metrics.faults);
  take(HAL_METRIC_FAULTS, from.last_fault, metrics.last_fault);
  take(HAL_METRIC_THROTTLE, from.throttle, metrics.throttle);
  return metrics;
}

}  // namespace hal::devices
