// Copies and fills.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugins/host/executor.hpp"
#include "plugins/host/memory.hpp"

namespace hal::plugins::host {

// The memory objects that a piece of work uses; NULL where host memory stands instead.
struct memory_pair {
  memory *first = nullptr;
  memory *second = nullptr;

  void hold() const noexcept {
    if (first != nullptr) first->uses.add();
    if (second != nullptr) second->uses.add();
  }
  void release() const noexcept {
    if (first != nullptr) release_use(first);
    if (second != nullptr) release_use(second);
  }
};

// Work that was checked: it is a value that runs in a queue or stands in a recording.
struct copy_work : memory_pair {
  std::byte *destination = nullptr;
  const std::byte *source = nullptr;
  std::uint64_t size = 0;

  void run(executor &on) const { on.copy(destination, source, size); }
};

struct copy_rows_work : memory_pair {
  std::byte *destination = nullptr;
  const std::byte *source = nullptr;
  std::uint64_t destination_pitch = 0;
  std::uint64_t source_pitch = 0;
  std::uint64_t width = 0;
  std::uint64_t height = 0;

  void run(executor &on) const {
    on.copy_rows(destination, destination_pitch, source, source_pitch, width, height);
  }
};

struct fill_work : memory_pair {
  std::byte *destination = nullptr;
  std::uint64_t pitch = 0;
  std::uint64_t row_size = 0;
  std::uint64_t height = 0;
  std::uint32_t value = 0;
  std::uint32_t width = 0;

  void run(executor &on) const { on.fill_rows(destination, pitch, row_size, height, value, width); }
};

// Table entries; the contract is hal/abi/device.h.
struct copy_entries {
  static void copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                             const void *source, std::uint64_t size);
  static void copy_to_host(hal_stream *stream, void *destination, hal_memory *source, std::uint64_t offset,
                           std::uint64_t size);
  static void copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                   hal_memory *source, std::uint64_t source_offset, std::uint64_t size);
  static void copy_peer(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size);
  static void copy_2d(hal_stream *stream, const hal_copy_2d *request);
  static void fill(hal_stream *stream, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                   std::uint32_t value, std::uint32_t width);
  static void fill_2d(hal_stream *stream, hal_memory *handle, std::uint64_t offset, std::uint64_t pitch,
                      std::uint64_t row_size, std::uint64_t height, std::uint32_t value, std::uint32_t width);
};

}  // namespace hal::plugins::host
