// What a probe found, for the entries that come after it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

// How many devices the last probe found. Safe from any thread.
class probed_count {
 public:
  std::uint32_t operator=(std::uint32_t found) noexcept { return count_ = found; }

  // Throws HAL_STATUS_INVALID_STATE when there was no probe, HAL_STATUS_OUT_OF_RANGE when it found fewer.
  void check(std::uint32_t index) const {
    const std::uint32_t count = count_;
    if (count == none)
      throw failure(HAL_STATUS_INVALID_STATE,
                    "The devices were not probed yet; probe comes before the rest.");
    if (index < count) return;
    throw failure(HAL_STATUS_OUT_OF_RANGE, "Device " + std::to_string(index) +
                                               " was asked for; the last probe found " +
                                               std::to_string(count) + ", counted from 0.");
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  std::atomic<std::uint32_t> count_ = none;
};

// A failure to begin with the vendor's software, as a probe's answer: it is not available, unless it is too
// old or closed to this user. `advice` is a sentence: what to look at.
inline failure not_available(const failure &refused, const std::string &advice) {
  const bool says_why =
      refused.status() == HAL_STATUS_PERMISSION_DENIED || refused.status() == HAL_STATUS_INCOMPATIBLE_VERSION;
  return {says_why ? refused.status() : HAL_STATUS_UNAVAILABLE, std::string(refused.what()) + " " + advice,
          refused.native_code()};
}

}  // namespace hal::plugin
