// Time, deadlines and short pauses.
#pragma once

#include <cstdint>
#include <ctime>

#include "hal/abi/objects.h"

namespace hal::plugins::host {

// Nanoseconds of CLOCK_MONOTONIC: the clock of events and of metrics.
inline std::uint64_t now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(time.tv_nsec);
}

// When a wait ends. A timeout is relative, a deadline is not, so that a wait that sleeps several times keeps
// its length.
class deadline {
 public:
  // `timeout` as everywhere on the boundary: nanoseconds, 0 looks once, HAL_NO_TIMEOUT waits for ever.
  explicit deadline(std::uint64_t timeout) noexcept : timeout_(timeout) {
    if (timeout == 0 || timeout == HAL_NO_TIMEOUT) return;
    const std::uint64_t start = now();
    end_ = start + timeout < start ? HAL_NO_TIMEOUT : start + timeout;
  }

  static deadline never() noexcept { return deadline(HAL_NO_TIMEOUT); }

  bool endless() const noexcept { return timeout_ == HAL_NO_TIMEOUT || end_ == HAL_NO_TIMEOUT; }
  bool passed() const noexcept { return !endless() && (timeout_ == 0 || now() >= end_); }

  // The time of CLOCK_MONOTONIC at which it passes; not for an endless one.
  timespec time() const noexcept {
    timespec time{};
    time.tv_sec = static_cast<std::time_t>(end_ / 1'000'000'000u);
    time.tv_nsec = static_cast<long>(end_ % 1'000'000'000u);
    return time;
  }

 private:
  std::uint64_t timeout_;
  std::uint64_t end_ = 0;
};

// Tells the core that this thread only looks again and again.
inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

}  // namespace hal::plugins::host
