// Rectangles: copy_2d and fill_2d of copy.hpp.
#include <fmt/format.h>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/copy.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/operation.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

void check_pitch(std::uint64_t pitch, std::uint64_t width, const char *what) {
  if (pitch < width) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The {} pitch is {} bytes, less than a row's {}.", what, pitch, width));
  }
}

// Bytes from the first of the first row to the last of the last one.
std::uint64_t extent_of(std::uint64_t pitch, std::uint64_t width, std::uint64_t height, const char *what) {
  if (width == 0 || height == 0) return 0;
  std::uint64_t extent = 0;
  if (__builtin_mul_overflow(pitch, height - 1, &extent) || __builtin_add_overflow(extent, width, &extent)) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("{} of {} rows of {} bytes, {} apart, is more than an address can reach.", what,
                              height, width, pitch));
  }
  return extent;
}

struct side {
  const memory *object = nullptr;
  std::uint64_t first = 0;  // address of the first byte, on the device or the host
  std::uint64_t pitch = 0;
  std::uint64_t extent = 0;
};

side checked_side(const hal_rectangle &given, const hal_copy_2d &request, const hal_device &device,
                  const char *what) {
  check_pitch(given.pitch, request.width, what);
  side found;
  found.pitch = given.pitch;
  found.extent = extent_of(given.pitch, request.width, request.height, "copy_2d");
  if (given.memory == nullptr) {
    if (found.extent != 0) plugin::check_pointer(given.host, "The host side of copy_2d");
    found.first = reinterpret_cast<std::uintptr_t>(given.host);
    return found;
  }
  found.object = &checked_memory(given.memory, device);
  plugin::check_range(*found.object, given.offset, found.extent, "copy_2d");
  found.first = found.object->address + given.offset;
  return found;
}

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

void check_disjoint(const side &one, const side &other) {
  if (one.object == nullptr || other.object == nullptr || one.extent == 0) return;
  if (one.first < other.first + other.extent && other.first < one.first + one.extent) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("Source and destination of copy_2d overlap: {} bytes at {:#x} and {} bytes at "
                              "{:#x}.",
                              one.extent, one.first, other.extent, other.first));
  }
}

}  // namespace

void copy_2d(hal_stream *stream, const hal_copy_2d *copy) {
  hal_stream &open = open_for_work(stream);
  const plugin::input_record<hal_copy_2d> given(copy, "The copy's record");
  const side to = checked_side(given->destination, *given, open.device, "destination's");
  const side from = checked_side(given->source, *given, open.device, "source's");
  check_disjoint(to, from);
  if (to.extent == 0) return;
  submit(open, operation::rows(pointer(to.first), to.pitch, pointer(from.first), from.pitch, given->width,
                               given->height));
}

void fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
             std::uint64_t row_size, std::uint64_t height, std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const level_zero::memory &to = checked_memory(memory, open.device);
  plugin::check_fill_width(width, offset, row_size);
  if (pitch % width != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("A fill's pitch of {} bytes is no multiple of its width of {}.", pitch, width));
  }
  check_pitch(pitch, row_size, "fill's");
  const std::uint64_t extent = extent_of(pitch, row_size, height, "fill_2d");
  plugin::check_range(to, offset, extent, "fill_2d");
  if (extent == 0) return;
  submit(open, operation::fill_rows(to.bytes(offset), pitch, row_size, height, value, width));
}

}  // namespace hal::plugins::level_zero
