// A lock for a few instructions that are almost never met by two threads at once: a single atomic exchange
// when it is free, which is what a hot path can afford.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace hal::plugin {

class spin_lock {
 public:
  spin_lock() = default;
  spin_lock(const spin_lock &) = delete;
  spin_lock &operator=(const spin_lock &) = delete;

  void lock() noexcept {
    if (!taken_.exchange(true, std::memory_order_acquire)) [[likely]]
      return;
    wait();
  }
  bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  // The holder may be inside a driver that takes its time.
  [[gnu::cold]] void wait() noexcept {
    for (int round = 0;; ++round) {
      if (!taken_.load(std::memory_order_relaxed) && try_lock()) return;
      if (round < 100) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(20));
      }
    }
  }

  std::atomic<bool> taken_ = false;
};

}  // namespace hal::plugin
