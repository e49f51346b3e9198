#include "plugins/cuda/copy.hpp"

#include <fmt/format.h>

#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {
namespace {

using plugin::rectangle_side;
using plugin::native::to_address;

driver::memcpy_2d record_of(const rectangle_side &to, const rectangle_side &from, std::uint64_t width,
                            std::uint64_t height) {
  driver::memcpy_2d work{};
  work.source_type = from.is_memory ? driver::memory_device : driver::memory_host;
  work.source_host = to_address<const void *>(from.first);
  work.source_device = from.first;
  work.source_pitch = from.pitch;
  work.destination_type = to.is_memory ? driver::memory_device : driver::memory_host;
  work.destination_host = to_address<void *>(to.first);
  work.destination_device = to.first;
  work.destination_pitch = to.pitch;
  work.width = width;
  work.height = height;
  return work;
}

}  // namespace

void copies::rows(const hal_stream &on, rectangle_side to, rectangle_side from, std::uint64_t width,
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

void copies::fill_rows(const hal_stream &on, std::uint64_t at, std::uint64_t pitch, std::uint64_t row_size,
                       std::uint64_t height, std::uint32_t value, std::uint32_t width) {
  const api &api = on.device.api;
  const std::uint64_t count = row_size / width;
  const driver::result result =
      width == 1
          ? api.memset_d2d8_async(at, pitch, static_cast<unsigned char>(value), count, height, on.native)
      : width == 2
          ? api.memset_d2d16_async(at, pitch, static_cast<unsigned short>(value), count, height, on.native)
          : api.memset_d2d32_async(at, pitch, value, count, height, on.native);
  if (result != driver::CUDA_SUCCESS)
    on.device.fail(result, fmt::format("cuMemsetD2DAsync of {} rows of {} bytes", height, row_size));
}

}  // namespace hal::plugins::cuda
