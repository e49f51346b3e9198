// Rectangles: copy_2d and fill_2d of copy.hpp.
#include <fmt/format.h>

#include "hal/plugin/record.hpp"
#include "hal/plugin/rectangle.hpp"
#include "plugins/cuda/copy.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::rectangle_side;

namespace {

driver::memcpy_2d record_of(const rectangle_side &to, const rectangle_side &from, std::uint64_t width,
                            std::uint64_t height) {
  driver::memcpy_2d work{};
  work.source_type = from.is_memory ? driver::memory_device : driver::memory_host;
  work.source_host = reinterpret_cast<const void *>(static_cast<std::uintptr_t>(from.first));
  work.source_device = from.first;
  work.source_pitch = from.pitch;
  work.destination_type = to.is_memory ? driver::memory_device : driver::memory_host;
  work.destination_host = reinterpret_cast<void *>(static_cast<std::uintptr_t>(to.first));
  work.destination_device = to.first;
  work.destination_pitch = to.pitch;
  work.width = width;
  work.height = height;
  return work;
}

void submit_rows(hal_stream &on, rectangle_side to, rectangle_side from, std::uint64_t width,
                 std::uint64_t height) {
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

void copy_entries::copy_2d(hal_stream *stream, const hal_copy_2d *copy) {
  hal_stream &open = open_for_work(stream);
  const plugin::input_record<hal_copy_2d> given(copy, "The copy's record");
  const auto check = [&](hal_memory *memory) -> const hal_memory & {
    return checked_memory(memory, open.device);
  };
  const rectangle_side to = plugin::checked_side(given->destination, *given, "destination's", check);
  const rectangle_side from = plugin::checked_side(given->source, *given, "source's", check);
  plugin::check_disjoint(to, from);
  if (to.extent == 0) return;
  const current_context current(open.device);
  submit_rows(open, to, from, given->width, given->height);
}

void copy_entries::fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
                           std::uint64_t row_size, std::uint64_t height, std::uint32_t value,
                           std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const hal_memory &to = checked_memory(memory, open.device);
  const std::uint64_t extent = plugin::check_fill_2d(offset, pitch, row_size, height, width);
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
