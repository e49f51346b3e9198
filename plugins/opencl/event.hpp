// Events: what a stream had been given when they were recorded.
#pragma once

#include <cstdint>
#include <mutex>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "plugins/opencl/happening.hpp"

struct hal_event {
  hal_event(hal_device &owner, bool with_timing) : device(owner), timing(with_timing) {}
  hal_event(const hal_event &) = delete;
  hal_event &operator=(const hal_event &) = delete;

  hal::plugins::opencl::happening current() const {
    const std::lock_guard lock(mutex_);
    return stands_for_;
  }
  bool recorded() const {
    const std::lock_guard lock(mutex_);
    return recorded_;
  }
  void record(hal::plugins::opencl::happening given) {
    const std::lock_guard lock(mutex_);
    std::swap(stands_for_, given);  // the old one ends outside of the lock
    recorded_ = true;
  }

  hal_device &device;
  const bool timing;

 private:
  mutable std::mutex mutex_;
  hal::plugins::opencl::happening stands_for_;
  bool recorded_ = false;
};

namespace hal::plugins::opencl {

// Table entries; the contract is hal/abi/device.h.
struct event_entries {
  static void event_create(hal_device *device, const hal_event_options *options, hal_event **out_event);
  static void event_destroy(hal_device *device, hal_event *event);
  static void event_record(hal_event *event, hal_stream *stream);
  static hal_status event_query(hal_event *event);
  static void event_synchronize(hal_event *event, std::uint64_t timeout);
  static void event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds);
};

}  // namespace hal::plugins::opencl
