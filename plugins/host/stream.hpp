// Streams: a queue each, or a recording while they are captured.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "plugins/host/graph.hpp"
#include "plugins/host/queue.hpp"

struct hal_stream {
  explicit hal_stream(hal_device &owner);
  ~hal_stream();

  hal_device &device;
  const std::shared_ptr<hal::plugins::host::queue> queue;
  std::atomic<bool> capturing = false;                   // read by device_synchronize from other threads
  std::unique_ptr<hal::plugins::host::program> capture;  // what was recorded so far
};

namespace hal::plugins::host {

// The stream behind a handle that must not be NULL, for a submission: its device has not failed.
hal_stream &open_for_work(hal_stream *stream);
// The same, for what a capture cannot record. Throws HAL_STATUS_INVALID_STATE with `what`.
hal_stream &open_outside_capture(hal_stream *stream, const char *what);
void check_not_capturing(const hal_stream &stream, const char *what);

// Table entries; the contract is hal/abi/device.h.
struct stream_entries {
  static void stream_create(hal_device *device, const hal_stream_options *options, hal_stream **out_stream);
  static void stream_destroy(hal_device *device, hal_stream *stream);
  static void stream_synchronize(hal_stream *stream, std::uint64_t timeout);
  static hal_status stream_query(hal_stream *stream);
  static void stream_wait_event(hal_stream *stream, hal_event *event);
  static void stream_host_function(hal_stream *stream, hal_host_function function, void *user);
};

}  // namespace hal::plugins::host
