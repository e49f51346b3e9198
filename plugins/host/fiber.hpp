// Functions that run in turns on one thread, each on a stack of its own, so that they can wait for one
// another.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace hal::plugins::host {

// Stacks and contexts stay for the next run. Used by one thread at a time.
class fiber_group {
 public:
  // Does not throw.
  using function = void (*)(void *context, unsigned number) noexcept;

  fiber_group();
  ~fiber_group();
  fiber_group(const fiber_group &) = delete;
  fiber_group &operator=(const fiber_group &) = delete;

  // Calls called(context, 0) ... called(context, count - 1), each on a fiber, until all have returned.
  // Answers how many were left waiting because the others returned instead of coming to the barrier, 0 when
  // all is well. Those are abandoned where they stand: what they hold on their stacks is lost. Throws when
  // there is no memory for the stacks; then nothing was called.
  unsigned run(unsigned count, function called, void *context);

  // Called by a running fiber: waits until every other one is here.
  void wait() noexcept;

 private:
  struct fiber;
  struct slab;

  void prepare(unsigned count);

  std::vector<std::unique_ptr<slab>> slabs_;
  std::vector<std::unique_ptr<fiber>> fibers_;
  function function_ = nullptr;
  void *context_ = nullptr;
  fiber *current_ = nullptr;
  // The thread's own stack and sanitizer state, for switches back to it; used under sanitizers only.
  [[maybe_unused]] const void *main_stack_ = nullptr;
  [[maybe_unused]] std::size_t main_stack_size_ = 0;
  [[maybe_unused]] void *main_state_ = nullptr;
};

}  // namespace hal::plugins::host
