// Streams: CUDA's own.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "plugins/cuda/api.hpp"

struct hal_stream {
  hal_stream(hal_device &owner, hal::plugins::cuda::driver::stream made, bool is_ours)
      : device(owner), native(made), ours(is_ours) {}
  ~hal_stream();
  // Finishes what was submitted; a capture in progress is discarded.
  void end(hal::plugins::cuda::ending &told) noexcept;
  hal_stream(const hal_stream &) = delete;
  hal_stream &operator=(const hal_stream &) = delete;

  hal_device &device;
  const hal::plugins::cuda::driver::stream native;
  const bool ours;  // not adopted
  bool ended = false;
  std::atomic<bool> capturing = false;  // read by device_synchronize from other threads
};

namespace hal::plugins::cuda {

// The stream behind a handle that must not be NULL, for a submission: its device has not failed. Defined in
// device.hpp.
inline hal_stream &open_for_work(hal_stream *stream);
// What it throws otherwise.
[[noreturn, gnu::cold]] void fail_stream(hal_stream *stream);
// The same, for what a capture cannot record. Throws HAL_STATUS_INVALID_STATE with `what`.
hal_stream &open_outside_capture(hal_stream *stream, const char *what);
void check_not_capturing(const hal_stream &stream, const char *what);

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

}  // namespace hal::plugins::cuda
