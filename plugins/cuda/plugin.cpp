#include "plugins/cuda/plugin.hpp"

#include <fmt/format.h>

#include <atomic>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/entry.hpp"
#include "plugins/cuda/copy.hpp"
#include "plugins/cuda/device.hpp"
#include "plugins/cuda/external_memory.hpp"
#include "plugins/cuda/peer.hpp"
#include "plugins/cuda/status.hpp"

namespace hal::plugins::cuda {

using plugin::entry;
using plugin::failure;

namespace {

constexpr std::uint32_t not_probed = UINT32_MAX;
std::atomic<std::uint32_t> device_count = not_probed;

// cuInit's codes as answers of a probe. CUDA_ERROR_UNKNOWN is what it says when the device nodes are missing
// or closed to this user, or when the kernel module and the library do not fit.
[[noreturn]] void fail_init(const api &api, driver::result result) {
  const failure what = vendor_failure(api, result, "cuInit");
  const hal_status status =
      what.status() == HAL_STATUS_PERMISSION_DENIED || what.status() == HAL_STATUS_INCOMPATIBLE_VERSION
          ? what.status()
          : HAL_STATUS_UNAVAILABLE;
  throw failure(status,
                fmt::format("{} Is the nvidia kernel module loaded, of the library's version, and are "
                            "/dev/nvidiactl and /dev/nvidia* open to this user?",
                            what.what()),
                result);
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

std::uint32_t cuda_plugin::probe(const hal_host &host) {
  const api &api = vendor();
  const driver::result started = api.init(0);
  int count = 0;
  if (started != driver::CUDA_ERROR_NO_DEVICE) {
    if (started != driver::CUDA_SUCCESS) fail_init(api, started);
    check(api, api.device_get_count(&count), "cuDeviceGetCount");
  }
  if (!api.has_pools()) {
    host.log(host.context, HAL_LOG_INFO,
             "The driver is older than CUDA 11.2: memory is not allocated in stream order.");
  }
  device_count = static_cast<std::uint32_t>(count);
  return device_count;
}

hal_device *cuda_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
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

constexpr hal_device_table cuda_plugin::device_table = make_table();

}  // namespace hal::plugins::cuda
