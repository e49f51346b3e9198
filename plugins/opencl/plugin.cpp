#include "plugins/opencl/plugin.hpp"

#include <fmt/format.h>

#include <memory>
#include "hal/plugin/device_table.hpp"
#include "plugins/opencl/copy.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/external_memory.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

std::uint32_t opencl_plugin::probe(const hal_host &host) {
  return find_devices(host);
}

hal_device *opencl_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  return plugin::open_devices<hal_device>().insert(
      std::make_unique<hal_device>(index, static_cast<driver::context>(options.native_context)));
}

constexpr hal_device_table opencl_plugin::device_table =
    plugin::device_table<device_entries, memory_entries, external_memory_entries, stream_entries,
                         event_entries, copy_entries, module_entries, kernel_entries, graph_entries>();

}  // namespace hal::plugins::opencl
