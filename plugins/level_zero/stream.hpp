// Streams: immediate command lists, in order by the driver where it can do that, else by barriers.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/spin_lock.hpp"
#include "plugins/level_zero/context.hpp"
#include "plugins/level_zero/host_queue.hpp"

namespace hal::plugins::level_zero {
struct closed_list;
struct operation;
}  // namespace hal::plugins::level_zero

struct hal_stream {
  hal_stream(hal_device &owner, hal::plugins::level_zero::driver::command_list made, bool is_ours,
             bool is_in_order, hal::plugins::level_zero::driver::queue_priority made_for);
  // Finishes what was submitted; a capture in progress is discarded.
  ~hal_stream();
  hal_stream(const hal_stream &) = delete;
  hal_stream &operator=(const hal_stream &) = delete;
  void end(hal::plugins::level_zero::ending &told) noexcept;

  using mark_ref = hal::plugins::level_zero::mark_ref;

  // Calls append(list), which answers a driver's code, in stream order. `call` says what that is, when it
  // fails.
  template <typename Append, typename Describe>
  void submit(Append &&append, Describe &&call);
  // A mark for everything submitted so far; one with a time is always a new one.
  mark_ref mark_end(bool timed);
  // The same for what must be waited for before something goes: when the driver makes no mark any more, the
  // one that was kept for this is used, and the device has failed. Nothing when even that fails.
  mark_ref last_end() noexcept;
  // What is submitted from here on comes after the mark, which is one of this context.
  void wait_for(const mark_ref &awaited);
  // Calls function on a thread of the stream's own when the stream gets here, and holds the stream for so
  // long.
  void call_host(hal::plugins::level_zero::host_work work);
  // Runs a closed list on its queue, in stream order: the list waits for its `begin` and signals its `end`.
  void execute(hal::plugins::level_zero::driver::command_queue on,
               hal::plugins::level_zero::closed_list &what);
  // Has the device's copy engine do it, in stream order; false when there is none besides the stream's own.
  bool copy_aside(const hal::plugins::level_zero::operation &copy);
  // Keeps something until the stream is past here; false when it is already, and nothing is kept.
  bool keep(std::shared_ptr<void> what);
  // Lets go of what was kept until a mark of this stream's that has happened.
  void release_until(const mark_ref &happened);
  // Lets go of all that the stream is past, without waiting; false when that is nothing.
  bool release_past();
  // Whether everything has run, without asking the driver when that is known.
  bool is_known_idle();
  // Lets go of everything that was kept: nothing runs any more.
  void forget();

  hal_device &device;
  const hal::plugins::level_zero::driver::command_list native;
  const bool ours;                                                  // not adopted
  const bool in_order;                                              // by the driver
  const hal::plugins::level_zero::driver::queue_priority priority;  // normal when adopted

  std::atomic<bool> capturing = false;  // read by device_synchronize from other threads
  std::unique_ptr<hal_graph> recording;

 private:
  // What is below is under the lock: waits for the whole device come from other threads.
  struct kept {
    std::uint64_t until;
    mark_ref mark;
    std::shared_ptr<void> what;
  };
  struct checkpoint {
    std::uint64_t at;
    mark_ref mark;
  };
  hal::plugins::level_zero::driver::result order();
  mark_ref mark_end_locked(bool timed);
  void wait_for_locked(const mark_ref &awaited);
  void add_kept(kept added);
  void collect(std::vector<kept> &done);
  void take_until(std::deque<checkpoint>::iterator passed, std::vector<kept> &done);
  hal::plugins::level_zero::host_queue &queue();

  hal::plugin::spin_lock lock_;
  mark_ref reserve_;             // for last_end
  bool unordered_ = false;       // something was submitted after the last barrier
  std::uint64_t submitted_ = 0;  // counts commands
  std::uint64_t marked_ = 0;     // `end_` stands for the commands up to this one
  mark_ref end_;
  std::deque<checkpoint> checkpoints_;
  std::deque<kept> kept_;
  std::unique_ptr<hal::plugins::level_zero::host_queue> queue_;
  hal::plugins::level_zero::driver::command_list copies_ = nullptr;  // the copy engine's, when it was needed
  mark_ref copied_;                                                  // its last copy
  bool ended_ = false;
};

namespace hal::plugins::level_zero {

// Ordinal of the group whose queues do a device's work of any kind.
std::uint32_t main_group(const hal_device &device) noexcept;
// What the driver calls a stream's priority.
driver::queue_priority priority_of(const hal_device &device, int priority) noexcept;
// An immediate list of the group; `in_order` tells whether it is in order by the driver.
driver::command_list make_list(hal_device &device, std::uint32_t group, driver::queue_priority priority,
                               bool &in_order);

// What is submitted to `later` from here on comes after what `earlier` was given.
void order_behind(hal_stream &later, hal_stream &earlier);
// The same for a mark of one of the device's streams.
void order_behind(hal_stream &later, const hal_device &of, const mark_ref &until);
std::unique_ptr<hal_stream> make_stream(hal_device &device, const hal_stream_options &options);

// Table entries; the contract is hal/abi/device.h.
struct stream_entries {
  static void stream_create(hal_device *device, const hal_stream_options *options, hal_stream **out_stream);
  static void stream_adopt(hal_device *device, void *native, hal_stream **out_stream);
  static void stream_destroy(hal_device *device, hal_stream *stream);
  static void stream_synchronize(hal_stream *stream, std::uint64_t timeout);
  static hal_status stream_query(hal_stream *stream);
  static void stream_wait_event(hal_stream *stream, hal_event *event);
  static void stream_host_function(hal_stream *stream, hal_host_function function, void *user);
};

}  // namespace hal::plugins::level_zero
