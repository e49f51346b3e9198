// Events: each stands for a mark in a stream, another one each time it is recorded.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "hal/plugin/spin_lock.hpp"
#include "plugins/level_zero/context.hpp"

struct hal_event {
  hal_event(hal_device &owner, bool with_timing) : device(owner), timing(with_timing) {}
  hal_event(const hal_event &) = delete;
  hal_event &operator=(const hal_event &) = delete;

  // What it stands for now; nothing when it was never recorded.
  hal::plugins::level_zero::mark_ref now() const {
    const std::lock_guard lock(lock_);
    return stands_for_;
  }
  void stand_for(hal::plugins::level_zero::mark_ref recorded) {
    const std::lock_guard lock(lock_);
    std::swap(stands_for_, recorded);
  }

  hal_device &device;
  const bool timing;

 private:
  mutable hal::plugin::spin_lock lock_;
  hal::plugins::level_zero::mark_ref stands_for_;
};

namespace hal::plugins::level_zero {

// Table entries; the contract is hal/abi/device.h.
struct event_entries {
  static void event_create(hal_device *device, const hal_event_options *options, hal_event **out_event);
  static void event_destroy(hal_device *device, hal_event *event);
  static void event_record(hal_event *event, hal_stream *stream);
  static hal_status event_query(hal_event *event);
  static void event_synchronize(hal_event *event, std::uint64_t timeout);
  static void event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds);
};

}  // namespace hal::plugins::level_zero
