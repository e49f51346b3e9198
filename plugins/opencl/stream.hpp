// Streams: OpenCL's in-order queues.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "hal/abi/objects.h"
#include "hal/abi/status.h"
#include "hal/plugin/failure.hpp"
#include "plugins/opencl/api.hpp"
#include "plugins/opencl/happening.hpp"
#include "plugins/opencl/host_work.hpp"

namespace hal::plugins::opencl {
struct program;
}  // namespace hal::plugins::opencl

struct hal_stream {
  // Takes the caller's reference to the queue over.
  hal_stream(hal_device &owner, hal::plugins::opencl::driver::queue made, bool is_ours, bool keeps_time);
  // Finishes what was submitted; a capture in progress is discarded.
  ~hal_stream();
  void end(hal::plugins::opencl::ending &told) noexcept;
  hal_stream(const hal_stream &) = delete;
  hal_stream &operator=(const hal_stream &) = delete;

  // Notes a command that was enqueued; takes its reference over. Everything before it is over when it is.
  void note(hal::plugins::opencl::driver::event command);
  // Lets what was enqueued begin: a queue may hold it back otherwise.
  void flush();
  // What the stream was given so far.
  hal::plugins::opencl::happening everything();
  // The same as a command of its own, which has a time of its own.
  hal::plugins::opencl::happening marker();
  // What is enqueued from here on waits for it.
  void wait_for(const hal::plugins::opencl::happening &before, const hal_device &owner);
  // Does `work` when the stream gets here.
  void enqueue_host_work(std::function<void()> work);

  hal_device &device;
  const hal::plugins::opencl::driver::queue native;
  const bool ours;                                         // not adopted
  const bool has_time;                                     // the queue keeps times
  std::atomic<bool> capturing = false;                     // read by device_synchronize from other threads
  std::unique_ptr<hal::plugins::opencl::program> capture;  // while capturing

 private:
  void enqueue_gate(hal::plugins::opencl::happening behind, std::function<void()> work);

  bool ended_ = false;
  hal::plugins::opencl::happening last_;
  std::unique_ptr<hal::plugins::opencl::host_worker> worker_;  // from the first work of the host's on
};

namespace hal::plugins::opencl {

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

}  // namespace hal::plugins::opencl
