// Work on all compute units, over oneTBB.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "plugins/host/sanitizer.hpp"

namespace hal::plugins::host {

// An arena of oneTBB for one thread that hands out work. It costs nothing, and no thread starts, before the
// first run.
class parallel {
 public:
  // `width`: how many threads work at once, the calling one included.
  explicit parallel(unsigned width) noexcept;
  ~parallel();

  unsigned width() const noexcept { return width_; }

  // Calls body(0) ... body(count - 1), each once, on up to `width` threads, and returns when all have
  // returned. One thread may call several of them one after the other, so none may wait for another. `body`
  // does not throw.
  template <typename Body>
  void run(unsigned count, Body &&body) {
    struct shared {
      Body &body;
    } state{body};
    released(&state);
    run_each(
        count,
        [](void *given, unsigned index) noexcept {
          shared &from = *static_cast<shared *>(given);
          acquired(&from);
          from.body(index);
          released(&from);
        },
        &state);
    acquired(&state);
  }

  // Splits 0 ... count among `threads` threads, at most width() of them. For each, start(index) answers what
  // runs the parts of that thread, part(begin, end). A thread begins with a row of its own, in steps, and
  // helps the others when it is done: neighbours in memory stay on one thread, and a thread that comes late
  // delays nobody. Neither `start` nor what it answers throws.
  template <typename Start>
  void distribute(std::uint64_t count, unsigned threads, std::uint64_t step, Start &&start) {
    std::vector<row> rows(threads);
    for (unsigned index = 0; index < threads; ++index) {
      rows[index].next.store(count / threads * index, std::memory_order_relaxed);
      rows[index].end = index + 1 == threads ? count : count / threads * (index + 1);
    }
    run(threads, [&](unsigned index) noexcept {
      auto &&part = start(index);
      for (unsigned turn = 0; turn < threads; ++turn) {
        row &from = rows[(index + turn) % threads];
        for (std::uint64_t at; (at = from.next.fetch_add(step, std::memory_order_relaxed)) < from.end;)
          part(at, std::min(at + step, from.end));
      }
    });
  }

 private:
  struct alignas(64) row {
    std::atomic<std::uint64_t> next = 0;
    std::uint64_t end = 0;
  };

  struct arena;
  void run_each(unsigned count, void (*function)(void *, unsigned) noexcept, void *context);

  unsigned width_;
  std::unique_ptr<arena> arena_;
};

}  // namespace hal::plugins::host
