// Streams: the vendor's queues, and the copies and fills on them.
#pragma once

#include <atomic>
#include <cstdint>

#include "hal/abi/objects.h"
#include "plugins/template/api.hpp"

struct hal_stream {
  explicit hal_stream(hal_device &owner);
  ~hal_stream();

  hal_device &device;
  vendor_queue queue = nullptr;
  std::atomic<bool> capturing = false;  // read by device_synchronize from other threads
};

namespace template_plugin {

// Table entries; the contract is hal/abi/device.h.
struct stream_entries {
  static void stream_create(hal_device *device, const hal_stream_options *options, hal_stream **out_stream);
  static void stream_destroy(hal_device *device, hal_stream *stream);
  static void stream_synchronize(hal_stream *stream, std::uint64_t timeout);
  static hal_status stream_query(hal_stream *stream);
  static void stream_wait_event(hal_stream *stream, hal_event *event);
};

struct copy_entries {
  static void copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                             const void *source, std::uint64_t size);
  static void copy_to_host(hal_stream *stream, void *destination, hal_memory *source, std::uint64_t offset,
                           std::uint64_t size);
  static void copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                   hal_memory *source, std::uint64_t source_offset, std::uint64_t size);
  static void fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                   std::uint32_t value, std::uint32_t width);
};

}  // namespace template_plugin
