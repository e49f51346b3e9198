#include "plugins/template/plugin.hpp"

#include <algorithm>
#include <string>

#include "hal/plugin/device_table.hpp"
#include "hal/plugin/probing.hpp"
#include "plugins/template/device.hpp"
#include "plugins/template/metrics.hpp"
#include "plugins/template/status.hpp"

namespace template_plugin {

using hal::plugin::failure;

namespace {

hal::plugin::probed_count device_count;

}  // namespace

const api &probed(std::uint32_t index) {
  device_count.check(index);
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
  return device_count = count;
}

hal_device *plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  if (options.native_context != nullptr)
    throw failure(HAL_STATUS_UNSUPPORTED, "The plugin cannot work in a context that the caller made.");
  return open_device(index);
}

// What the device cannot do is left out: the host answers HAL_STATUS_UNSUPPORTED for it.
constexpr hal_device_table plugin::device_table =
    hal::plugin::device_table<device_entries, memory_entries, stream_entries, event_entries, copy_entries,
                              module_entries, graph_entries>();

}  // namespace
}  // namespace template_plugin

HAL_PLUGIN_ENTRY(template_plugin::plugin)
