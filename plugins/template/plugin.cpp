#include "plugins/template/plugin.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "hal/plugin/entry.hpp"
#include "plugins/template/device.hpp"
#include "plugins/template/metrics.hpp"
#include "plugins/template/status.hpp"

namespace template_plugin {

using hal::plugin::entry;
using hal::plugin::failure;

namespace {

constexpr std::uint32_t not_probed = UINT32_MAX;
constinit std::atomic<std::uint32_t> device_count = not_probed;

}  // namespace

const api &probed(std::uint32_t index) {
  const std::uint32_t count = device_count;
  if (count == not_probed)
    throw failure(HAL_STATUS_INVALID_STATE, "The devices were not probed yet; probe comes before the rest.");
  if (index >= count) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "Device " + std::to_string(index) +
                                               " was asked for; the last probe found " +
                                               std::to_string(count) + ", counted from 0.");
  }
  return vendor();
}

void describe(std::uint32_t index, hal_device_description &out) {
  const api &api = probed(index);
  vendor_device_facts facts{};
  check(api.device_describe(index, &facts), "vendor_device_describe of device " + std::to_string(index));
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  check(api.version(&major, &minor), "vendor_version");

  out.type = HAL_DEVICE_TYPE_OTHER;
  if (facts.on_pci != 0) {
    out.identity.valid = HAL_IDENTITY_PCI;
    out.identity.pci_domain = facts.pci_domain;
    out.identity.pci_bus = facts.pci_bus;
    out.identity.pci_device = facts.pci_device;
    out.identity.pci_function = facts.pci_function;
  }
  hal::plugin::copy_text(out.name, facts.name);
  hal::plugin::copy_text(out.vendor, "Example Vendor");
  hal::plugin::copy_text(out.driver_version, std::to_string(major) + "." + std::to_string(minor));
  out.vendor_id = facts.vendor_id;
  out.device_id = facts.device_id;

  out.memory_total = facts.memory_total;
  out.max_allocation = facts.memory_total;
  out.allocation_alignment = static_cast<std::uint32_t>(facts.memory_alignment);

  out.compute_units = facts.compute_units;
  out.max_block_items = facts.max_block_items;
  std::fill_n(out.max_block, 3, facts.max_block_items);
  std::fill_n(out.max_grid, 3, facts.max_grid);
  out.subgroup_size = 1;
  out.shared_memory_per_block = facts.shared_memory_per_block;
  out.max_dynamic_shared_memory = facts.shared_memory_per_block;
  out.clock_rate = facts.clock_rate;

  out.data_types = HAL_DATA_TYPE_F64 | HAL_DATA_TYPE_F32 | HAL_DATA_TYPE_I64 | HAL_DATA_TYPE_I32 |
                   HAL_DATA_TYPE_I16 | HAL_DATA_TYPE_I8;
  out.features = HAL_FEATURE_KERNELS | HAL_FEATURE_HOST_MEMORY | HAL_FEATURE_ADDRESSES |
                 HAL_FEATURE_TIMESTAMPS | HAL_FEATURE_GRAPHS | HAL_FEATURE_METRICS;
  hal::plugin::copy_text(out.module_formats[0], module_format);
}

namespace {

struct plugin {
  static constexpr char name[] = "template";
  static constexpr char version[] = "0.1.0";

  static std::uint32_t probe(const hal_host &host);
  static hal_device *open(const hal_host &host, std::uint32_t index, const hal_open_options &options);
  static constexpr auto &describe = template_plugin::describe;
  static constexpr auto &properties = template_plugin::properties;
  static constexpr auto &metrics = template_plugin::metrics;
  static const hal_device_table device_table;
};

std::uint32_t plugin::probe(const hal_host &host) {
  const api &api = vendor();
  std::uint32_t count = 0;
  check(api.device_count(&count), "vendor_device_count");
  if (!api.device_power) {
    host.log(host.context, HAL_LOG_INFO,
             "The vendor's library is older than version 1.2: power is not among the metrics.");
  }
  device_count = count;
  return count;
}

hal_device *plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  if (options.flags != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The open flags are " + std::to_string(options.flags) + "; none are defined.");
  }
  if (options.native_context != nullptr)
    throw failure(HAL_STATUS_UNSUPPORTED, "The plugin cannot work in a context that the caller made.");
  return open_device(index);
}

// What the device cannot do is left out: the host answers HAL_STATUS_UNSUPPORTED for it.
constexpr hal_device_table make_table() {
  hal_device_table table{};
  table.struct_size = sizeof table;
  table.device_close = entry<&device_close>;
  table.device_synchronize = entry<&device_synchronize>;
  table.native_handle = entry<&native_handle>;
  table.memory_allocate = entry<&memory_allocate>;
  table.memory_free = entry<&memory_free>;
  table.memory_info = entry<&memory_info>;
  table.memory_slice = entry<&memory_slice>;
  table.stream_create = entry<&stream_create>;
  table.stream_destroy = entry<&stream_destroy>;
  table.stream_synchronize = entry<&stream_synchronize>;
  table.stream_query = entry<&stream_query>;
  table.stream_wait_event = entry<&stream_wait_event>;
  table.event_create = entry<&event_create>;
  table.event_destroy = entry<&event_destroy>;
  table.event_record = entry<&event_record>;
  table.event_query = entry<&event_query>;
  table.event_synchronize = entry<&event_synchronize>;
  table.event_elapsed = entry<&event_elapsed>;
  table.copy_to_device = entry<&copy_to_device>;
  table.copy_to_host = entry<&copy_to_host>;
  table.copy = entry<&copy>;
  table.fill = entry<&fill>;
  table.module_load = entry<&module_load>;
  table.module_unload = entry<&module_unload>;
  table.module_kernel = entry<&module_kernel>;
  table.module_kernel_name = entry<&module_kernel_name>;
  table.kernel_attributes = entry<&kernel_attributes>;
  table.kernel_parameter = entry<&kernel_parameter>;
  table.kernel_suggest_block = entry<&kernel_suggest_block>;
  table.kernel_occupancy = entry<&kernel_occupancy>;
  table.launch = entry<&launch>;
  table.graph_begin_capture = entry<&graph_begin_capture>;
  table.graph_end_capture = entry<&graph_end_capture>;
  table.graph_destroy = entry<&graph_destroy>;
  table.graph_instantiate = entry<&graph_instantiate>;
  table.graph_launch = entry<&graph_launch>;
  table.graph_executable_destroy = entry<&graph_executable_destroy>;
  return table;
}

constexpr hal_device_table plugin::device_table = make_table();

}  // namespace
}  // namespace template_plugin

HAL_PLUGIN_ENTRY(template_plugin::plugin)
