#include "plugins/level_zero/plugin.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "hal/plugin/entry.hpp"
#include "plugins/level_zero/copy.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/external_memory.hpp"
#include "plugins/level_zero/peer.hpp"
#include "plugins/level_zero/status.hpp"
#include "plugins/level_zero/sysman.hpp"

namespace hal::plugins::level_zero {

using plugin::entry;
using plugin::failure;

namespace {

// zeInit's codes as answers of a probe. ZE_RESULT_ERROR_UNINITIALIZED is what the loader says when it finds
// no driver or none finds a device.
[[noreturn]] void fail_init(driver::result result) {
  const failure what = vendor_failure(result, "zeInit");
  const hal_status status =
      what.status() == HAL_STATUS_PERMISSION_DENIED || what.status() == HAL_STATUS_INCOMPATIBLE_VERSION
          ? what.status()
          : HAL_STATUS_UNAVAILABLE;
  throw failure(
      status,
      fmt::format("{} Is a driver installed (GPUs: libze_intel_gpu.so.1, Debian: intel-opencl-icd; NPUs: "
                  "libze_intel_vpu.so.1), and are /dev/dri/renderD* and /dev/accel/* open to this user?",
                  what.what()),
      what.native_code());
}

}  // namespace

std::uint32_t level_zero_plugin::probe(const hal_host &host) {
  const api &api = vendor();
  const driver::result started = api.init(0);
  // After a failure nothing more is called: the loader's other entries are not safe then.
  if (started != driver::ZE_RESULT_SUCCESS) fail_init(started);
  std::vector<found_device> found = take_inventory(api);
  if (!found.empty() && !sysman::is_there(api, found.front())) {
    host.log(host.context, HAL_LOG_INFO,
             "Sysman is not there: no live figures. ZES_ENABLE_SYSMAN=1 switches it on in older drivers.");
  }
  const auto count = static_cast<std::uint32_t>(found.size());
  keep_inventory(std::move(found));
  return count;
}

hal_device *level_zero_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  if (options.flags != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The open flags are {}; none are defined.", options.flags));
  }
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

constexpr hal_device_table level_zero_plugin::device_table = make_table();

}  // namespace hal::plugins::level_zero
