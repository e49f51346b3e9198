#include "plugins/level_zero/wait.hpp"

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
  const api &api = awaited.home->api;
  const driver::result result = wait_out(*awaited.home, [&] {
    const driver::result found = api.event_host_synchronize(awaited.native, slice);
    if (found == driver::ZE_RESULT_SUCCESS || found == driver::ZE_RESULT_NOT_READY || ends_device(found))
      return found;
    // A wait that the driver refuses is replaced by asking.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return api.event_query_status(awaited.native);
  });
  if (result != driver::ZE_RESULT_NOT_READY) told(result, "zeEventHostSynchronize");
}

bool finish(hal_device &device, driver::command_queue queue, ending &told) noexcept {
  const driver::result result =
      wait_out(*device.context, [&] { return device.api.queue_synchronize(queue, slice); });
  if (result != driver::ZE_RESULT_NOT_READY) told(result, "zeCommandQueueSynchronize");
  return result == driver::ZE_RESULT_SUCCESS;
}

bool has_happened(hal_device &device, const mark &asked) {
  const driver::result result = device.api.event_query_status(asked.native);
  if (result == driver::ZE_RESULT_NOT_READY) return false;
  if (result != driver::ZE_RESULT_SUCCESS) device.fail(result, "zeEventQueryStatus");
  return true;
}

}  // namespace hal::plugins::level_zero
