// Enqueues single transfers, over buffers where the memory has one, over its address otherwise. Nothing is
// checked here but what the driver answers.
#pragma once

#include <cstdint>

#include "plugins/opencl/memory.hpp"
#include "plugins/opencl/stream.hpp"

namespace hal::plugins::opencl {

// A place in memory.
struct place {
  memory *object;
  std::uint64_t offset;

  std::uint64_t in_buffer() const noexcept { return object->offset + offset; }
  void *pointer() const noexcept { return object->pointer(offset); }
};

// A rectangle: the first row's first byte, and how far rows are apart.
struct device_rows {
  place first;
  std::uint64_t pitch;
};
struct host_rows {
  void *first;  // only read when it is the source
  std::uint64_t pitch;
};
struct extent {
  std::uint64_t width;
  std::uint64_t height;
};

void enqueue_write(hal_stream &on, place to, const void *from, std::uint64_t size);
void enqueue_read(hal_stream &on, void *to, place from, std::uint64_t size);
void enqueue_copy(hal_stream &on, place to, place from, std::uint64_t size);
void enqueue_fill(hal_stream &on, place to, std::uint64_t size, std::uint32_t value, std::uint32_t width);

void enqueue_write_rows(hal_stream &on, device_rows to, host_rows from, extent area);
void enqueue_read_rows(hal_stream &on, host_rows to, device_rows from, extent area);
void enqueue_copy_rows(hal_stream &on, device_rows to, device_rows from, extent area);
void enqueue_fill_rows(hal_stream &on, device_rows to, extent area, std::uint32_t value, std::uint32_t width);

}  // namespace hal::plugins::opencl
