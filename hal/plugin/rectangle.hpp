// What copy_2d and fill_2d must satisfy on every device.
#pragma once

#include <cstdint>
#include <string>

#include "hal/abi/objects.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"

namespace hal::plugin {

inline void check_pitch(std::uint64_t pitch, std::uint64_t width, const char *what) {
  if (pitch >= width) return;
  throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string("The ") + what + " pitch is " +
                                                 std::to_string(pitch) + " bytes, less than a row's " +
                                                 std::to_string(width) + ".");
}

// Bytes from the first of the first row to the last of the last one. `what` begins the sentence.
inline std::uint64_t extent_of(std::uint64_t pitch, std::uint64_t width, std::uint64_t height,
                               const char *what) {
  if (width == 0 || height == 0) return 0;
  std::uint64_t extent = 0;
  if (__builtin_mul_overflow(pitch, height - 1, &extent) || __builtin_add_overflow(extent, width, &extent)) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, std::string(what) + " of " + std::to_string(height) + " rows of " +
                                               std::to_string(width) + " bytes, " + std::to_string(pitch) +
                                               " apart, is more than an address can reach.");
  }
  return extent;
}

// One side of a rectangular copy, checked.
struct rectangle_side {
  bool is_memory = false;
  std::uint64_t first = 0;  // address of the first byte, on the device or the host
  std::uint64_t pitch = 0;
  std::uint64_t extent = 0;
};

// `what` is "source's" or "destination's"; check_memory(hal_memory *) answers the memory or throws.
template <typename CheckMemory>
rectangle_side checked_side(const hal_rectangle &given, const hal_copy_2d &request, const char *what,
                            CheckMemory &&check_memory) {
  check_pitch(given.pitch, request.width, what);
  rectangle_side found;
  found.pitch = given.pitch;
  found.extent = extent_of(given.pitch, request.width, request.height, "copy_2d");
  if (given.memory == nullptr) {
    if (found.extent != 0) check_pointer(given.host, "The host side of copy_2d");
    found.first = reinterpret_cast<std::uintptr_t>(given.host);
    return found;
  }
  const hal_memory &memory = check_memory(given.memory);
  check_range(memory, given.offset, found.extent, "copy_2d");
  found.is_memory = true;
  found.first = memory.address + given.offset;
  return found;
}

inline void check_disjoint(const rectangle_side &one, const rectangle_side &other) {
  if (!one.is_memory || !other.is_memory || one.extent == 0) return;
  if (one.first >= other.first + other.extent || other.first >= one.first + one.extent) return;
  throw failure(HAL_STATUS_INVALID_ARGUMENT,
                "Source and destination of copy_2d overlap: " + std::to_string(one.extent) + " bytes at " +
                    std::to_string(one.first) + " and " + std::to_string(other.extent) + " bytes at " +
                    std::to_string(other.first) + ".");
}

// Rows of a fill; answers the bytes that it spans.
inline std::uint64_t check_fill_2d(std::uint64_t offset, std::uint64_t pitch, std::uint64_t row_size,
                                   std::uint64_t height, std::uint32_t width) {
  check_fill_width(width, offset, row_size);
  if (pitch % width != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "A fill's pitch of " + std::to_string(pitch) +
                                                   " bytes is no multiple of its width of " +
                                                   std::to_string(width) + ".");
  }
  check_pitch(pitch, row_size, "fill's");
  return extent_of(pitch, row_size, height, "fill_2d");
}

}  // namespace hal::plugin
