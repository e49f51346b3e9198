// Rectangles: copy_2d and fill_2d of copy.hpp.
#include "hal/plugin/record.hpp"
#include "hal/plugin/rectangle.hpp"
#include "plugins/level_zero/copy.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/operation.hpp"

namespace hal::plugins::level_zero {

using plugin::rectangle_side;

namespace {

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
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
  submit(open, operation::rows(pointer(to.first), to.pitch, pointer(from.first), from.pitch, given->width,
                               given->height));
}

void copy_entries::fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
                           std::uint64_t row_size, std::uint64_t height, std::uint32_t value,
                           std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const level_zero::memory &to = checked_memory(memory, open.device);
  const std::uint64_t extent = plugin::check_fill_2d(offset, pitch, row_size, height, width);
  plugin::check_range(to, offset, extent, "fill_2d");
  if (extent == 0) return;
  submit(open, operation::fill_rows(to.bytes(offset), pitch, row_size, height, value, width));
}

}  // namespace hal::plugins::level_zero
