// Sleeping until another thread has done something, with a short look before the sleep.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdint>

#include "plugins/host/clock.hpp"

namespace hal::plugins::host {

// Sleeps while `word` is `expected`. Returns early for no reason at times, as futexes do.
inline void futex_wait(const std::atomic<std::uint32_t> &word, std::uint32_t expected,
                       const deadline &end) noexcept {
  timespec time{};
  if (!end.endless()) time = end.time();
  syscall(SYS_futex, reinterpret_cast<const std::uint32_t *>(&word), FUTEX_WAIT_BITSET_PRIVATE, expected,
          end.endless() ? nullptr : &time, nullptr, FUTEX_BITSET_MATCH_ANY);
}

// Only the address counts: the word itself may be gone by now.
inline void futex_wake_all(const std::atomic<std::uint32_t> *word) noexcept {
  syscall(SYS_futex, reinterpret_cast<const std::uint32_t *>(word), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr,
          nullptr, 0);
}

// How long to look before sleeping. It grows while looking pays and shrinks while it does not, so that a
// thread that waits for long things soon sleeps at once. Used by several threads without harm.
class spin_budget {
 public:
  // `limit` in nanoseconds; 0 on a machine with one core, where looking keeps the other side from running.
  explicit spin_budget(std::uint32_t limit) noexcept : limit_(limit), budget_(limit) {}

  // Looks until ready() or the budget is spent; answers whether it was ready.
  template <typename Ready>
  bool spin(Ready &&ready) noexcept {
    if (ready()) return true;
    const std::uint32_t budget = budget_.load(std::memory_order_relaxed);
    if (budget == 0) return false;
    const std::uint64_t start = now();
    do {
      for (int look = 0; look < 16; ++look) {
        pause();
        if (ready()) {
          budget_.store(std::min(limit_, budget * 2), std::memory_order_relaxed);
          return true;
        }
      }
    } while (now() - start < budget);
    budget_.store(std::max(limit_ / 32, budget / 2), std::memory_order_relaxed);
    return false;
  }

 private:
  const std::uint32_t limit_;
  std::atomic<std::uint32_t> budget_;
};

// A number that only grows, and threads that sleep until it has reached what they wait for. Advancing it
// costs a store and a load while nobody sleeps.
class progress {
 public:
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_acquire); }
  bool reached(std::uint64_t target) const noexcept { return value() >= target; }

  // By one thread only.
  void advance(std::uint64_t value) noexcept {
    value_.store(value, std::memory_order_seq_cst);
    if (wanted_.load(std::memory_order_seq_cst) <= value) [[unlikely]] {
      wanted_.exchange(UINT64_MAX, std::memory_order_seq_cst);
      wake();
    }
  }

  // Wakes all sleepers so that they ask their `stop` again.
  void wake() noexcept {
    epoch_.fetch_add(1, std::memory_order_seq_cst);
    futex_wake_all(&epoch_);
  }

  // Sleeps until the target is reached, stop() or the deadline; answers whether the target is reached.
  template <typename Stop>
  bool wait(std::uint64_t target, const deadline &end, Stop &&stop) noexcept {
    for (;;) {
      // In this order: whoever wipes `wanted_` raises the epoch afterwards.
      const std::uint32_t epoch = epoch_.load(std::memory_order_seq_cst);
      std::uint64_t wanted = wanted_.load(std::memory_order_seq_cst);
      while (target < wanted && !wanted_.compare_exchange_weak(wanted, target, std::memory_order_seq_cst)) {
      }
      if (value_.load(std::memory_order_seq_cst) >= target) return true;
      if (stop() || end.passed()) return reached(target);
      futex_wait(epoch_, epoch, end);
    }
  }

 private:
  std::atomic<std::uint64_t> value_ = 0;
  std::atomic<std::uint64_t> wanted_ = UINT64_MAX;  // the nearest value that a sleeper waits for
  std::atomic<std::uint32_t> epoch_ = 0;
};

// How many pieces of submitted work use an object, for the one who wants to end it.
class use_count {
 public:
  void add() noexcept { state_.fetch_add(1, std::memory_order_relaxed); }

  // True when this was the last use of an abandoned object, which the caller then deletes. Otherwise the
  // object may be gone when this returns.
  [[nodiscard]] bool release() noexcept {
    const std::atomic<std::uint32_t> *address = &state_;
    const std::uint32_t before = state_.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & count_mask) != 1) return false;
    if ((before & abandoned) != 0) return true;
    if ((before & waited_for) != 0) futex_wake_all(address);
    return false;
  }

  // Sleeps until there is no use. New uses meanwhile are the caller's mistake.
  void wait_until_unused() noexcept {
    for (std::uint32_t state = state_.load(std::memory_order_acquire); (state & count_mask) != 0;
         state = state_.load(std::memory_order_acquire)) {
      if ((state & waited_for) == 0 &&
          !state_.compare_exchange_weak(state, state | waited_for, std::memory_order_acq_rel))
        continue;
      futex_wait(state_, state | waited_for, deadline::never());
    }
  }

  // Leaves the object to its last use. True when there is none, and the caller deletes it.
  [[nodiscard]] bool abandon() noexcept {
    return (state_.fetch_or(abandoned, std::memory_order_acq_rel) & count_mask) == 0;
  }

 private:
  static constexpr std::uint32_t waited_for = 1u << 31;
  static constexpr std::uint32_t abandoned = 1u << 30;
  static constexpr std::uint32_t count_mask = abandoned - 1;

  std::atomic<std::uint32_t> state_ = 0;
};

}  // namespace hal::plugins::host
