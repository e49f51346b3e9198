#include "plugins/host/plugin.hpp"

#include <fmt/format.h>

#include "hal/plugin/device_table.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/launch.hpp"
#include "plugins/host/metrics.hpp"
#include "plugins/host/process.hpp"

namespace hal::plugins::host {
namespace {

void check_index(std::uint32_t index) {
  if (!was_probed())
    throw failure(HAL_STATUS_INVALID_STATE, "The host plugin was not probed yet; probe comes first.");
  if (index != 0) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("Device {} was asked for; the host plugin has one, device 0.", index));
  }
}

}  // namespace

std::uint32_t host_plugin::probe(const hal_host &) {
  note_probe();
  return 1;
}

void host_plugin::describe(std::uint32_t index, hal_device_description &out) {
  check_index(index);
  describe_machine(file_tree(), out);
}

std::vector<hal_property> host_plugin::properties(std::uint32_t index) {
  check_index(index);
  return machine_properties(file_tree());
}

void host_plugin::metrics(std::uint32_t index, hal_metrics &out) {
  check_index(index);
  const file_tree files;
  const machine_counters reading = read_counters(files);
  out.timestamp = reading.time;
  read_levels(files, out);
  fill_rates(exchange_counters(reading), reading, out);
}

hal_device *host_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  check_index(index);
  if (options.native_context != nullptr)
    throw failure(HAL_STATUS_UNSUPPORTED, "The host device has no contexts that could be adopted.");
  return new hal_device;
}

constexpr hal_device_table host_plugin::device_table =
    plugin::device_table<device_entries, memory_entries, stream_entries, event_entries, copy_entries,
                         module_entries, kernel_entries, launch_entries, graph_entries>();

}  // namespace hal::plugins::host
