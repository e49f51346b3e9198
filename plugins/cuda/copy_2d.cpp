// Rectangles: copy_2d and fill_2d of copy.hpp.
#include <fmt/format.h>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/copy.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

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

void check_disjoint(const side &one, const side &other) {
  if (one.object == nullptr || other.object == nullptr || one.extent == 0) return;
  if (one.first < other.first + other.extent && other.first < one.first + one.extent) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("Source and destination of copy_2d overlap: {} bytes at {:#x} and {} bytes at "
                              "{:#x}.",
                              one.extent, one.first, other.extent, other.first));
  }
}

driver::memcpy_2d record_of(const side &to, const side &from, std::uint64_t width, std::uint64_t height) {
  driver::memcpy_2d work{};
  work.source_type = from.object == nullptr ? driver::memory_host : driver::memory_device;
  work.source_host = reinterpret_cast<const void *>(static_cast<std::uintptr_t>(from.first));
  work.source_device = from.first;
  work.source_pitch = from.pitch;
  work.destination_type = to.object == nullptr ? driver::memory_host : driver::memory_device;
  work.destination_host = reinterpret_cast<void *>(static_cast<std::uintptr_t>(to.first));
  work.destination_device = to.first;
  work.destination_pitch = to.pitch;
  work.width = width;
  work.height = height;
  return work;
}

void submit_rows(hal_stream &on, side to, side from, std::uint64_t width, std::uint64_t height) {
  hal_device &device = on.device;
  // The driver takes a pitch up to an attribute of the device; beyond it, row by row.
  int most = 0;
  device.check(device.api.device_get_attribute(&most, driver::max_pitch, device.native),
               "cuDeviceGetAttribute of the largest pitch");
  const auto limit = static_cast<std::uint64_t>(most);
  const bool one_by_one = height > 1 && (to.pitch > limit || from.pitch > limit);
  const std::uint64_t to_pitch = to.pitch;
  const std::uint64_t from_pitch = from.pitch;
  if (one_by_one || height == 1) to.pitch = from.pitch = width;
  const std::uint64_t rows = one_by_one ? 1 : height;
  for (std::uint64_t row = 0; row < height; row += rows) {
    const driver::memcpy_2d work = record_of(to, from, width, rows);
    const driver::result result = device.api.memcpy_2d_async(&work, on.native);
    if (result != driver::CUDA_SUCCESS)
      device.fail(result, fmt::format("cuMemcpy2DAsync of {} rows of {} bytes", rows, width));
    to.first += to_pitch;
    from.first += from_pitch;
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
  const current_context current(open.device);
  submit_rows(open, to, from, given->width, given->height);
}

void fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
             std::uint64_t row_size, std::uint64_t height, std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const hal_memory &to = checked_memory(memory, open.device);
  plugin::check_fill_width(width, offset, row_size);
  if (pitch % width != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("A fill's pitch of {} bytes is no multiple of its width of {}.", pitch, width));
  }
  check_pitch(pitch, row_size, "fill's");
  const std::uint64_t extent = extent_of(pitch, row_size, height, "fill_2d");
  plugin::check_range(to, offset, extent, "fill_2d");
  if (extent == 0) return;
  const api &api = open.device.api;
  const driver::deviceptr at = to.address + offset;
  const std::uint64_t count = row_size / width;
  const current_context current(open.device);
  const driver::result result =
      width == 1
          ? api.memset_d2d8_async(at, pitch, static_cast<unsigned char>(value), count, height, open.native)
      : width == 2
          ? api.memset_d2d16_async(at, pitch, static_cast<unsigned short>(value), count, height, open.native)
          : api.memset_d2d32_async(at, pitch, value, count, height, open.native);
  if (result != driver::CUDA_SUCCESS)
    open.device.fail(result, fmt::format("cuMemsetD2DAsync of {} rows of {} bytes", height, row_size));
}

}  // namespace hal::plugins::cuda
