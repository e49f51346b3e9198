#include "plugins/cuda/plugin.hpp"

#include <memory>

#include "hal/plugin/device_table.hpp"
#include "hal/plugin/probing.hpp"
#include "plugins/cuda/copy.hpp"
#include "plugins/cuda/device.hpp"
#include "plugins/cuda/external_memory.hpp"
#include "plugins/cuda/peer.hpp"
#include "plugins/cuda/status.hpp"

namespace hal::plugins::cuda {

namespace {

plugin::probed_count device_count;

// cuInit's codes as answers of a probe. CUDA_ERROR_UNKNOWN is what it says when the device nodes are missing
// or closed to this user, or when the kernel module and the library do not fit.
[[noreturn]] void fail_init(const api &api, driver::result result) {
  throw plugin::not_available(vendor_failure(api, result, "cuInit"),
                              "Is the nvidia kernel module loaded, of the library's version, and are "
                              "/dev/nvidiactl and /dev/nvidia* open to this user?");
}

}  // namespace

const api &probed(std::uint32_t index) {
  device_count.check(index);
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
  return device_count = static_cast<std::uint32_t>(count);
}

hal_device *cuda_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  return plugin::open_devices<hal_device>().insert(
      std::make_unique<hal_device>(index, static_cast<driver::context>(options.native_context)));
}

constexpr hal_device_table cuda_plugin::device_table =
    plugin::device_table<device_entries, memory_entries, external_memory_entries, adopt_entries, peer_entries,
                         stream_entries, event_entries, copy_entries, module_entries, kernel_entries,
                         graph_entries>();

}  // namespace hal::plugins::cuda
