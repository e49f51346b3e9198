#include "plugins/hip/plugin.hpp"

#include <fmt/format.h>

#include <atomic>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/entry.hpp"
#include "plugins/hip/copy.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/external_memory.hpp"
#include "plugins/hip/peer.hpp"
#include "plugins/hip/status.hpp"

namespace hal::plugins::hip {

using plugin::entry;
using plugin::failure;

namespace {

constexpr std::uint32_t not_probed = UINT32_MAX;
std::atomic<std::uint32_t> device_count = not_probed;

// hipInit's codes as answers of a probe. Without the driver or its nodes it says that there is no device, or
// that the device is none.
bool means_no_device(driver::result result) {
  return result == driver::hipErrorNoDevice || result == driver::hipErrorInvalidDevice;
}

[[noreturn]] void fail_init(const api &api, driver::result result) {
  const failure what = vendor_failure(api, result, "hipInit");
  const hal_status status =
      what.status() == HAL_STATUS_PERMISSION_DENIED || what.status() == HAL_STATUS_INCOMPATIBLE_VERSION
          ? what.status()
          : HAL_STATUS_UNAVAILABLE;
  throw failure(
      status,
      fmt::format("{} Is the amdgpu kernel module loaded, and are /dev/kfd and /dev/dri/renderD* open to "
                  "this user (groups render and video)?",
                  what.what()),
      result);
}

void say_what_is_used(const hal_host &host, const api &api) {
  const auto say = [&host](const std::string &text) { host.log(host.context, HAL_LOG_INFO, text.c_str()); };
  if (api.library.was_loaded)
    say(fmt::format("HIP is {}, which the program had loaded already.", api.library.file));
  if (!api.library.passed_over.empty()) {
    host.log(host.context, HAL_LOG_WARNING,
             fmt::format(
                 "More than one HIP runtime is loaded, which do not know of each other: {} is used, {} not.",
                 api.library.file, api.library.passed_over)
                 .c_str());
  }
  if (!api.has_pools()) say("The runtime is older than HIP 5.2: memory is not allocated in stream order.");
}

}  // namespace

const api &probed(std::uint32_t index) {
  const std::uint32_t count = device_count;
  if (count == not_probed)
    throw failure(HAL_STATUS_INVALID_STATE, "The devices were not probed yet; probe comes before the rest.");
  if (index >= count) {
    throw failure(
        HAL_STATUS_OUT_OF_RANGE,
        fmt::format("Device {} was asked for; the last probe found {}, counted from 0.", index, count));
  }
  return vendor();
}

std::uint32_t hip_plugin::probe(const hal_host &host) {
  const api &api = vendor();
  const driver::result started = api.init(0);
  int count = 0;
  if (means_no_device(started)) {
    forget_last_error(api);
  } else {
    if (started != driver::hipSuccess) fail_init(api, started);
    const driver::result counted = api.device_get_count(&count);
    if (means_no_device(counted)) {
      forget_last_error(api);
      count = 0;
    } else {
      check(api, counted, "hipGetDeviceCount");
    }
  }
  say_what_is_used(host, api);
  device_count = static_cast<std::uint32_t>(count);
  return device_count;
}

hal_device *hip_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  plugin::check_no_flags(options.flags, "The open flags");
  return open_device(index, options.native_context);
}

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
  table.memory_map = entry<&memory_map>;
  table.memory_unmap = entry<&memory_unmap>;
  table.memory_allocate_async = entry<&memory_allocate_async>;
  table.memory_free_async = entry<&memory_free_async>;
  table.memory_export = entry<&memory_export>;
  table.memory_import = entry<&memory_import>;
  table.memory_adopt = entry<&memory_adopt>;
  table.pointer_info = entry<&pointer_info>;
  table.peer_info = entry<&peer_info>;
  table.peer_enable = entry<&peer_enable>;
  table.peer_disable = entry<&peer_disable>;
  table.stream_create = entry<&stream_create>;
  table.stream_adopt = entry<&stream_adopt>;
  table.stream_destroy = entry<&stream_destroy>;
  table.stream_synchronize = entry<&stream_synchronize>;
  table.stream_query = entry<&stream_query>;
  table.stream_wait_event = entry<&stream_wait_event>;
  table.stream_host_function = entry<&stream_host_function>;
  table.event_create = entry<&event_create>;
  table.event_destroy = entry<&event_destroy>;
  table.event_record = entry<&event_record>;
  table.event_query = entry<&event_query>;
  table.event_synchronize = entry<&event_synchronize>;
  table.event_elapsed = entry<&event_elapsed>;
  table.copy_to_device = entry<&copy_to_device>;
  table.copy_to_host = entry<&copy_to_host>;
  table.copy = entry<&copy>;
  table.copy_peer = entry<&copy_peer>;
  table.copy_2d = entry<&copy_2d>;
  table.fill = entry<&fill>;
  table.fill_2d = entry<&fill_2d>;
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
  table.graph_update = entry<&graph_update>;
  table.graph_launch = entry<&graph_launch>;
  table.graph_executable_destroy = entry<&graph_executable_destroy>;
  table.module_binary = entry<&module_binary>;
  return table;
}

constexpr hal_device_table hip_plugin::device_table = make_table();

}  // namespace hal::plugins::hip
