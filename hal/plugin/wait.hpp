// Waits with a time limit, for APIs that have none: they are asked again and again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

// Asks until ready() says so; false when `timeout` nanoseconds pass first. Asks at least once. Short waits
// are spun, longer ones slept in steps that grow to a millisecond.
template <typename Ready>
bool wait_until(std::uint64_t timeout, Ready &&ready) {
  using clock = std::chrono::steady_clock;
  using std::chrono::nanoseconds;
  constexpr nanoseconds spinning{50'000};
  constexpr nanoseconds longest_step{1'000'000};
  constexpr std::uint64_t endless = 1ull << 62;  // more nanoseconds than the clock can add
  if (ready()) return true;
  if (timeout == 0) return false;
  const clock::time_point begin = clock::now();
  const bool limited = timeout < endless;
  const clock::time_point end = limited ? begin + nanoseconds(timeout) : clock::time_point::max();
  nanoseconds step{5'000};
  for (;;) {
    const clock::time_point now = clock::now();
    if (now >= end) return ready();
    if (now - begin < spinning) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(limited ? std::min<nanoseconds>(step, end - now) : step);
      step = std::min(2 * step, longest_step);
    }
    if (ready()) return true;
  }
}

// What to throw when it did not become ready; `what` begins the sentence.
inline failure timed_out(const char *what, std::uint64_t timeout) {
  return {HAL_STATUS_TIMED_OUT,
          std::string(what) + " did not finish within " + std::to_string(timeout) + " ns."};
}

}  // namespace hal::plugin
