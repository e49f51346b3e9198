// Copies and fills, in stream order.
#pragma once

#include <cstdint>

#include "hal/abi/objects.h"

namespace hal::plugins::level_zero {

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
  static void copy_2d(hal_stream *stream, const hal_copy_2d *copy);
  static void fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                   std::uint32_t value, std::uint32_t width);
  static void fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
                      std::uint64_t row_size, std::uint64_t height, std::uint32_t value, std::uint32_t width);
};

}  // namespace hal::plugins::level_zero
