// Events: a point in a stream's queue, and when the stream got there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"

namespace hal::plugins::host {

class queue;

// What an event stands for: the first `target` commands of a queue. Copies stay what they are when the event
// is recorded again or destroyed.
struct event_point {
  std::shared_ptr<queue> on;  // NULL: never recorded
  std::uint64_t target = 0;
  std::shared_ptr<std::atomic<std::uint64_t>> time;  // of an event with timing: when the queue got there

  bool happened() const noexcept;
};

}  // namespace hal::plugins::host

struct hal_event {
  hal_event(hal_device &owner, bool with_timing) : device(owner), timing(with_timing) {}

  hal::plugins::host::event_point point() const {
    const std::lock_guard lock(mutex);
    return current;
  }

  hal_device &device;
  const bool timing;
  mutable std::mutex mutex;
  hal::plugins::host::event_point current;
};

namespace hal::plugins::host {

// Table entries; the contract is hal/abi/device.h.
struct event_entries {
  static void event_create(hal_device *device, const hal_event_options *options, hal_event **out_event);
  static void event_destroy(hal_device *device, hal_event *event);
  static void event_record(hal_event *event, hal_stream *stream);
  static hal_status event_query(hal_event *event);
  static void event_synchronize(hal_event *event, std::uint64_t timeout);
  static void event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds);
};

}  // namespace hal::plugins::host
