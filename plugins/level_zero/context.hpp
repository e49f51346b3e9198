// A context of the driver's, which all openings of its devices share, since commands, events and memory must
// be of one context; and the marks in streams, which are its events.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

class shared_context;

// A place in a stream: an event that happens when the stream gets there. Each is recorded once; when nobody
// refers to it any more it is reset and used again.
struct mark {
  shared_context *home = nullptr;
  driver::event native = nullptr;
  std::uint64_t *time = nullptr;  // where the device writes its clock; NULL: it does not
  std::atomic<std::uint32_t> users = 0;
};

class mark_ref {
 public:
  mark_ref() = default;
  explicit mark_ref(mark *to) noexcept : mark_(to) { join(); }
  mark_ref(const mark_ref &other) noexcept : mark_(other.mark_) { join(); }
  mark_ref(mark_ref &&other) noexcept : mark_(std::exchange(other.mark_, nullptr)) {}
  mark_ref &operator=(mark_ref other) noexcept {
    std::swap(mark_, other.mark_);
    return *this;
  }
  ~mark_ref() { leave(); }

  explicit operator bool() const noexcept { return mark_ != nullptr; }
  bool operator==(const mark_ref &other) const noexcept { return mark_ == other.mark_; }
  mark &operator*() const noexcept { return *mark_; }
  mark *operator->() const noexcept { return mark_; }

 private:
  void join() noexcept {
    if (mark_ != nullptr) mark_->users.fetch_add(1, std::memory_order_relaxed);
  }
  inline void leave() noexcept;

  mark *mark_ = nullptr;
};

class shared_context {
 public:
  // Takes over `given`, or borrows it.
  shared_context(const api &entries, driver::driver_handle of, driver::context given, bool is_ours);
  ~shared_context();
  // Gives back what it holds; what the driver answers is told, where there is somebody to tell.
  void end(ending *told) noexcept;
  shared_context(const shared_context &) = delete;
  shared_context &operator=(const shared_context &) = delete;

  // A mark that has not happened. Throws what the driver answers.
  mark_ref take(bool timed);
  void give_back(mark &unused) noexcept;
  // A device of it has failed: what is in flight is not used again, and the next opening makes a new context.
  void spoil() noexcept { spoiled_ = true; }
  bool is_spoiled() const noexcept { return spoiled_; }

  const level_zero::api &api;
  const driver::driver_handle owner;
  const driver::context native;

 private:
  // Marks come by the block: a pool of events, and the places for their times.
  struct block {
    driver::event_pool pool = nullptr;
    void *times = nullptr;
    std::deque<mark> marks;
  };
  void grow(bool timed);
  void destroy(block &ended, ending *told) noexcept;

  const bool ours_;
  bool ended_ = false;
  std::atomic<bool> spoiled_ = false;
  std::mutex mutex_;
  std::deque<block> blocks_;
  std::vector<mark *> unused_[2];  // without and with a time
};

inline void mark_ref::leave() noexcept {
  if (mark_ != nullptr && mark_->users.fetch_sub(1, std::memory_order_acq_rel) == 1)
    mark_->home->give_back(*mark_);
}

// The context that openings of the driver's devices share, made when there is none; or `given`, which its
// owner keeps alive.
std::shared_ptr<shared_context> join_context(const api &api, driver::driver_handle owner,
                                             driver::context given);
// Ends the context when the device is its last user.
void leave_context(const std::shared_ptr<shared_context> &left, ending &told) noexcept;

}  // namespace hal::plugins::level_zero
