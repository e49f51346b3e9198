#include "plugins/level_zero/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {
namespace {

constexpr std::uint64_t slice = 50'000'000;

}  // namespace

bool wait_for(hal_device &device, const mark &awaited, std::uint64_t timeout) {
  const deadline until(timeout);
  for (;;) {
    const std::uint64_t left = until.left();
    const driver::result result = device.api.event_host_synchronize(awaited.native, std::min(left, slice));
    if (result == driver::ZE_RESULT_SUCCESS) return true;
    if (result != driver::ZE_RESULT_NOT_READY) device.fail(result, "zeEventHostSynchronize");
    device.failed.check();
    if (left == 0) return false;
  }
}

void finish(const mark &awaited, ending &told) noexcept {
  const shared_context &home = *awaited.home;
  // Who else is in the context may have failed without the driver ending this wait.
  constexpr int patience = 40;
  for (int round = 0; !home.is_spoiled() || round < patience; ++round) {
    driver::result result = home.api.event_host_synchronize(awaited.native, slice);
    if (result != driver::ZE_RESULT_SUCCESS && result != driver::ZE_RESULT_NOT_READY &&
        !ends_device(result)) {
      // A wait that the driver refuses is replaced by asking.
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      result = home.api.event_query_status(awaited.native);
    }
    if (result != driver::ZE_RESULT_NOT_READY) return told(result, "zeEventHostSynchronize");
  }
}

bool has_happened(hal_device &device, const mark &asked) {
  const driver::result result = device.api.event_query_status(asked.native);
  if (result == driver::ZE_RESULT_NOT_READY) return false;
  if (result != driver::ZE_RESULT_SUCCESS) device.fail(result, "zeEventQueryStatus");
  return true;
}

plugin::failure timed_out(const char *what, std::uint64_t timeout) {
  return {HAL_STATUS_TIMED_OUT, fmt::format("{} did not finish within {} ns.", what, timeout)};
}

}  // namespace hal::plugins::level_zero
