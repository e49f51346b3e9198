#include "plugins/hip/copy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/hip/describe.hpp"
#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {

using plugin::rectangle_side;

namespace {

// The runtime fills rows with a byte only. Wider values are written into the first row, and the rows that are
// done are copied behind themselves until all are: a few calls, however many rows there are.
void fill_wide_rows(const hal_stream &on, std::uint64_t first, std::uint64_t pitch, std::uint64_t row_size,
                    std::uint64_t height, std::uint32_t value, std::uint32_t width) {
  hal_device &device = on.device;
  const api &api = device.api;
  const std::uint64_t count = row_size / width;
  const driver::result filled =
      width == 2 ? api.memset_d16_async(pointer(first), static_cast<unsigned short>(value), count, on.native)
                 : api.memset_d32_async(pointer(first), static_cast<int>(value), count, on.native);
  if (filled != driver::hipSuccess) device.fail(filled, fmt::format("hipMemsetAsync of {} bytes", row_size));
  for (std::uint64_t done = 1; done < height;) {
    const std::uint64_t next = std::min(done, height - done);
    rectangle_side from{true, first, pitch, 0};
    rectangle_side to{true, first + done * pitch, pitch, 0};
    copies::rows(on, to, from, row_size, next);
    done += next;
  }
}

}  // namespace

void copies::rows(const hal_stream &on, rectangle_side to, rectangle_side from, std::uint64_t width,
                  std::uint64_t height) {
  hal_device &device = on.device;
  // The runtime takes a pitch up to an attribute of the device; beyond it, row by row.
  const auto limit =
      static_cast<std::uint64_t>(std::max(attribute_of(device.api, device.native, driver::max_pitch), 0));
  const bool one_by_one = height > 1 && (to.pitch > limit || from.pitch > limit);
  const std::uint64_t to_pitch = one_by_one || height == 1 ? width : to.pitch;
  const std::uint64_t from_pitch = one_by_one || height == 1 ? width : from.pitch;
  const std::uint64_t rows = one_by_one ? 1 : height;
  for (std::uint64_t row = 0; row < height; row += rows) {
    const driver::result result =
        device.api.memcpy_2d_async(pointer(to.first), to_pitch, pointer(from.first), from_pitch, width, rows,
                                   driver::copy_by_address, on.native);
    if (result != driver::hipSuccess)
      device.fail(result, fmt::format("hipMemcpy2DAsync of {} rows of {} bytes", rows, width));
    to.first += to.pitch;
    from.first += from.pitch;
  }
}

void copies::fill_rows(const hal_stream &on, std::uint64_t at, std::uint64_t pitch, std::uint64_t row_size,
                       std::uint64_t height, std::uint32_t value, std::uint32_t width) {
  if (width != 1) return fill_wide_rows(on, at, pitch, row_size, height, value, width);
  const driver::result result = on.device.api.memset_2d_async(
      pointer(at), pitch, static_cast<unsigned char>(value), row_size, height, on.native);
  if (result != driver::hipSuccess)
    on.device.fail(result, fmt::format("hipMemset2DAsync of {} rows of {} bytes", height, row_size));
}

}  // namespace hal::plugins::hip
