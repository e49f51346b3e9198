// Rectangles: copy_2d and fill_2d of copy.hpp.
#include <fmt/format.h>

#include <cstring>

#include "hal/plugin/record.hpp"
#include "hal/plugin/rectangle.hpp"
#include "plugins/opencl/copy.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/submit.hpp"
#include "plugins/opencl/transfer.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

struct side {
  device_rows rows{{nullptr, 0}, 0};  // of device memory
  host_rows host{nullptr, 0};         // otherwise
  std::uint64_t extent = 0;

  bool is_device() const noexcept { return rows.first.object != nullptr; }
};

side checked_side(const hal_rectangle &given, const hal_copy_2d &request, const hal_device &device,
                  const char *what) {
  plugin::check_pitch(given.pitch, request.width, what);
  side found;
  found.extent = plugin::extent_of(given.pitch, request.width, request.height, "copy_2d");
  if (given.memory == nullptr) {
    if (found.extent != 0) plugin::check_pointer(given.host, "The host side of copy_2d");
    found.host = {given.host, given.pitch};
    return found;
  }
  memory &object = checked_memory(given.memory, device);
  plugin::check_range(object, given.offset, found.extent, "copy_2d");
  found.rows = {{&object, given.offset}, given.pitch};
  return found;
}

void check_disjoint(const side &one, const side &other) {
  if (!one.is_device() || !other.is_device() || one.extent == 0) return;
  if (&one.rows.first.object->root() != &other.rows.first.object->root()) return;
  const std::uint64_t first = one.rows.first.in_buffer();
  const std::uint64_t second = other.rows.first.in_buffer();
  if (first < second + other.extent && second < first + one.extent) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("Source and destination of copy_2d overlap: {} bytes at {} and {} bytes at {} of one "
                    "memory.",
                    one.extent, first, other.extent, second));
  }
}

void copy_host_rows(const host_rows &to, const host_rows &from, const extent &area) {
  for (std::uint64_t row = 0; row < area.height; ++row) {
    std::memcpy(static_cast<std::byte *>(to.first) + row * to.pitch,
                static_cast<const std::byte *>(from.first) + row * from.pitch, area.width);
  }
}

void enqueue_rows(hal_stream &on, const side &to, const side &from, const extent &area) {
  if (to.is_device() && from.is_device()) return enqueue_copy_rows(on, to.rows, from.rows, area);
  if (to.is_device()) return enqueue_write_rows(on, to.rows, from.host, area);
  if (from.is_device()) return enqueue_read_rows(on, to.host, from.rows, area);
  on.enqueue_host_work([=, target = to.host, source = from.host] { copy_host_rows(target, source, area); });
}

}  // namespace

void copy_entries::copy_2d(hal_stream *stream, const hal_copy_2d *copy) {
  hal_stream &open = open_for_work(stream);
  const plugin::input_record<hal_copy_2d> given(copy, "The copy's record");
  const side to = checked_side(given->destination, *given, open.device, "destination's");
  const side from = checked_side(given->source, *given, open.device, "source's");
  check_disjoint(to, from);
  if (to.extent == 0) return;
  const extent area{given->width, given->height};
  submit(open, step_kind::copy_2d, nullptr, [=](hal_stream &on) { enqueue_rows(on, to, from, area); });
}

void copy_entries::fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
                           std::uint64_t row_size, std::uint64_t height, std::uint32_t value,
                           std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  auto &to = checked_memory(memory, open.device);
  const std::uint64_t reach = plugin::check_fill_2d(offset, pitch, row_size, height, width);
  plugin::check_range(to, offset, reach, "fill_2d");
  if (reach == 0) return;
  submit(open, step_kind::fill_2d, nullptr, [=, &to](hal_stream &on) {
    enqueue_fill_rows(on, {{&to, offset}, pitch}, {row_size, height}, value, width);
  });
}

}  // namespace hal::plugins::opencl
