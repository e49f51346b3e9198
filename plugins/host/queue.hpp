// The queue below a stream: commands in a ring of chunks, and the thread that runs them in order.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>

#include "plugins/host/executor.hpp"
#include "plugins/host/wait.hpp"

struct hal_device;

namespace hal::plugins::host {

// One piece of submitted work. Lives in the queue's own memory.
class command {
 public:
  command() = default;
  command(const command &) = delete;
  command &operator=(const command &) = delete;

  // Gives back what the command holds. Also called for a command that did not run, because the device had
  // failed before.
  virtual ~command() = default;

  // Does the work, on the queue's thread. What it throws becomes the sticky failure of the device.
  virtual void run(executor &on) = 0;

 private:
  friend class queue;
  std::size_t stride_ = 0;
};

// Commands are submitted by one thread at a time and run by the queue's own. Submitting takes no lock and,
// but for a growing backlog, no memory. Counting begins at 1: command n has finished once completed() >= n.
class queue {
 public:
  // Room behind a command for the values that it carries.
  static constexpr std::size_t alignment = 64;

  // Starts the thread. Throws HAL_STATUS_RESOURCE_EXHAUSTED when the system has no more.
  explicit queue(hal_device &device);
  ~queue();

  queue(const queue &) = delete;
  queue &operator=(const queue &) = delete;

  // Finishes what was submitted and ends the thread. The counters stay readable.
  void close();

  // Makes a command with `extra` bytes behind it, lets fill(command, extra bytes) complete it, and submits
  // it. When fill throws, nothing was submitted.
  template <typename Command, typename Fill, typename... Arguments>
  void submit(std::size_t extra, Fill &&fill, Arguments &&...arguments) {
    static_assert(alignof(Command) <= alignment);
    constexpr std::size_t head = (sizeof(Command) + alignment - 1) & ~(alignment - 1);
    const std::size_t stride = head + ((extra + alignment - 1) & ~(alignment - 1));
    std::byte *place = reserve(stride);
    Command *made = new (place) Command(std::forward<Arguments>(arguments)...);
    struct undo {
      Command *unfinished;
      ~undo() {
        if (unfinished != nullptr) unfinished->~Command();
      }
    } guard{made};
    fill(*made, place + head);
    guard.unfinished = nullptr;
    made->stride_ = stride;
    publish(stride);
  }

  template <typename Command, typename... Arguments>
  void submit_simple(Arguments &&...arguments) {
    submit<Command>(
        0, [](Command &, std::byte *) {}, std::forward<Arguments>(arguments)...);
  }

  std::uint64_t submitted() const noexcept { return submitted_.load(std::memory_order_acquire); }
  const progress &completed() const noexcept { return completed_; }
  bool idle() const noexcept { return completed_.reached(submitted()); }

  // Waits until `target` commands have finished; answers whether they have.
  bool wait(std::uint64_t target, const deadline &end) noexcept;

  // Called by this queue's own thread: waits for another queue, unless this queue's device fails first.
  void wait_for_other(const std::shared_ptr<queue> &other, std::uint64_t target);
  // The device has failed: ends a wait for another queue.
  void interrupt() noexcept;

  // The newest command that may use memory in ways that cannot be counted: a kernel that was given an address
  // as a plain value.
  void mark_uncounted() noexcept { uncounted_.store(submitted() + 1, std::memory_order_release); }
  std::uint64_t uncounted() const noexcept { return uncounted_.load(std::memory_order_acquire); }

  std::thread::native_handle_type thread() { return thread_.native_handle(); }

 private:
  struct chunk;

  std::byte *reserve(std::size_t stride);
  void publish(std::size_t stride) noexcept;
  void wake_worker() noexcept;
  void work() noexcept;
  bool wait_for_work(std::uint64_t done) noexcept;
  void run_next(executor &on) noexcept;

  hal_device &device_;
  spin_budget worker_spin_;
  spin_budget caller_spin_;

  // The submitting side.
  alignas(64) chunk *last_;
  std::size_t write_offset_ = 0;
  std::atomic<chunk *> spare_ = nullptr;
  std::atomic<std::uint64_t> submitted_ = 0;
  std::atomic<std::uint64_t> uncounted_ = 0;

  // Between both.
  alignas(64) std::atomic<std::uint32_t> sleeping_ = 0;
  std::atomic<std::uint32_t> work_epoch_ = 0;
  std::atomic<bool> closing_ = false;

  // The running side.
  alignas(64) progress completed_;
  chunk *first_;
  std::size_t read_offset_ = 0;
  std::mutex other_mutex_;
  std::shared_ptr<queue> other_;  // what the thread waits for now

  std::thread thread_;
};

}  // namespace hal::plugins::host
