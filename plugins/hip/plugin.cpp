#include "plugins/hip/plugin.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "hal/plugin/device_table.hpp"
#include "hal/plugin/probing.hpp"
#include "plugins/hip/copy.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/external_memory.hpp"
#include "plugins/hip/peer.hpp"
#include "plugins/hip/status.hpp"

namespace hal::plugins::hip {

namespace {

plugin::probed_count device_count;

// hipInit's codes as answers of a probe. Without the driver or its nodes it says that there is no device, or
// that the device is none.
bool means_no_device(driver::result result) {
  return result == driver::hipErrorNoDevice || result == driver::hipErrorInvalidDevice;
}

[[noreturn]] void fail_init(const api &api, driver::result result) {
  throw plugin::not_available(
      vendor_failure(api, result, "hipInit"),
      "Is the amdgpu kernel module loaded, and are /dev/kfd and /dev/dri/renderD* open "
      "to this user (groups render and video)?");
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
  device_count.check(index);
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
  return device_count = static_cast<std::uint32_t>(count);
}

hal_device *hip_plugin::open(const hal_host &, std::uint32_t index, const hal_open_options &options) {
  return plugin::open_devices<hal_device>().insert(
      std::make_unique<hal_device>(index, static_cast<driver::context>(options.native_context)));
}

constexpr hal_device_table hip_plugin::device_table =
    plugin::device_table<device_entries, memory_entries, external_memory_entries, adopt_entries, peer_entries,
                         stream_entries, event_entries, copy_entries, module_entries, kernel_entries,
                         graph_entries>();

}  // namespace hal::plugins::hip
