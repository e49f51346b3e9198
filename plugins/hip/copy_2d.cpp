// Rectangles: copy_2d and fill_2d of copy.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/record.hpp"
#include "hal/plugin/rectangle.hpp"
#include "plugins/hip/copy.hpp"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {
namespace {

void submit_rows(hal_stream &on, plugin::rectangle_side to, plugin::rectangle_side from, std::uint64_t width,
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

// The runtime fills rows with a byte only. Wider values are written into the first row, and the rows that are
// done are copied behind themselves until all are: a few calls, however many rows there are.
void fill_rows(hal_stream &on, std::uint64_t first, std::uint64_t pitch, std::uint64_t row_size,
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
    plugin::rectangle_side from{true, first, pitch, 0};
    plugin::rectangle_side to{true, first + done * pitch, pitch, 0};
    submit_rows(on, to, from, row_size, next);
    done += next;
  }
}

}  // namespace

void copy_entries::copy_2d(hal_stream *stream, const hal_copy_2d *copy) {
  hal_stream &open = open_for_work(stream);
  const plugin::input_record<hal_copy_2d> given(copy, "The copy's record");
  const auto check = [&](hal_memory *memory) -> const hal_memory & {
    return checked_memory(memory, open.device);
  };
  const plugin::rectangle_side to = plugin::checked_side(given->destination, *given, "destination's", check);
  const plugin::rectangle_side from = plugin::checked_side(given->source, *given, "source's", check);
  plugin::check_disjoint(to, from);
  if (to.extent == 0) return;
  const current_device current(open.device);
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
  const current_device current(open.device);
  if (width != 1) return fill_rows(open, to.address + offset, pitch, row_size, height, value, width);
  const driver::result result = open.device.api.memset_2d_async(
      pointer(to.address + offset), pitch, static_cast<unsigned char>(value), row_size, height, open.native);
  if (result != driver::hipSuccess)
    open.device.fail(result, fmt::format("hipMemset2DAsync of {} rows of {} bytes", height, row_size));
}

}  // namespace hal::plugins::hip
