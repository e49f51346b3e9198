// Events: CUDA's own.
#pragma once

#include <atomic>
#include <cstdint>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "plugins/cuda/api.hpp"

struct hal_event {
  hal_event(hal_device &owner, bool with_timing);
  ~hal_event();
  void end(hal::plugins::cuda::ending &told) noexcept;
  hal_event(const hal_event &) = delete;
  hal_event &operator=(const hal_event &) = delete;

  hal_device &device;
  const bool timing;
  std::atomic<bool> recorded = false;
  hal::plugins::cuda::driver::event native = nullptr;
};

namespace hal::plugins::cuda {

// Table entries; the contract is hal/abi/device.h.
struct event_entries {
  static void event_create(hal_device *device, const hal_event_options *options, hal_event **out_event);
  static void event_destroy(hal_device *device, hal_event *event);
  static void event_record(hal_event *event, hal_stream *stream);
  static hal_status event_query(hal_event *event);
  static void event_synchronize(hal_event *event, std::uint64_t timeout);
  static void event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds);
};

}  // namespace hal::plugins::cuda
