// Waits for marks: the driver's own wait in slices, so that a failure that is found elsewhere ends them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "hal/abi/objects.h"
#include "hal/plugin/failure.hpp"
#include "plugins/level_zero/context.hpp"

namespace hal::plugins::level_zero {

// A time limit that several waits share.
class deadline {
 public:
  explicit deadline(std::uint64_t timeout) : timeout_(timeout) {}
  // Nanoseconds; HAL_NO_TIMEOUT stays what it is.
  std::uint64_t left() const {
    if (timeout_ == HAL_NO_TIMEOUT) return HAL_NO_TIMEOUT;
    const auto passed = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin_)
            .count());
    return passed >= timeout_ ? 0 : timeout_ - passed;
  }

 private:
  const std::uint64_t timeout_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// Asks until there is an answer, but not for ever once somebody in the context has failed: the driver may not
// end this wait then.
template <typename Ask>
driver::result wait_out(const shared_context &home, Ask &&ask) noexcept {
  constexpr int patience = 40;
  for (int round = 0; !home.is_spoiled() || round < patience; ++round) {
    const driver::result result = ask();
    if (result != driver::ZE_RESULT_NOT_READY) return result;
  }
  return driver::ZE_RESULT_NOT_READY;
}

// False when `timeout` nanoseconds pass first. Throws the device's failure.
bool wait_for(hal_device &device, const mark &awaited, std::uint64_t timeout);
// The same for what ends, and for what may be another opening's; over also when that fails.
void finish(const mark &awaited, ending &told) noexcept;
// False when the driver does not say that the queue is idle.
bool finish(hal_device &device, driver::command_queue queue, ending &told) noexcept;
// Whether it has happened, without waiting. Throws the device's failure.
bool has_happened(hal_device &device, const mark &asked);

}  // namespace hal::plugins::level_zero
