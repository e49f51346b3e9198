#include "plugins/level_zero/plugin.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "hal/plugin/device_table.hpp"
#include "hal/plugin/probing.hpp"
#include "plugins/level_zero/copy.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/external_memory.hpp"
#include "plugins/level_zero/peer.hpp"
#include "plugins/level_zero/status.hpp"
#include "plugins/level_zero/sysman.hpp"

namespace hal::plugins::level_zero {

namespace {

// zeInit's codes as answers of a probe. ZE_RESULT_ERROR_UNINITIALIZED is what the loader says when it finds
// no driver or none finds a device.
[[noreturn]] void fail_init(driver::result result) {
  throw plugin::not_available(
      vendor_failure(result, "zeInit"),
      "Is a driver installed (GPUs: libze_intel_gpu.so.1, Debian: intel-opencl-icd; NPUs: "
      "libze_intel_vpu.so.1), and are /dev/dri/renderD* and /dev/accel/* open to this user?");
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
  return plugin::open_devices<hal_device>().insert(
      std::make_unique<hal_device>(index, static_cast<driver::context>(options.native_context)));
}

constexpr hal_device_table level_zero_plugin::device_table =
    plugin::device_table<device_entries, memory_entries, external_memory_entries, peer_entries,
                         stream_entries, event_entries, copy_entries, module_entries, kernel_entries,
                         graph_entries>();

}  // namespace hal::plugins::level_zero
