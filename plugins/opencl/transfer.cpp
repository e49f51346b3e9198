#include "plugins/opencl/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {
namespace {

// Notes the command that `enqueue(event *)` enqueues; `call` and `size` are for the sentence when it fails.
template <typename Enqueue>
void enqueue_one(hal_stream &on, const char *call, std::uint64_t size, Enqueue &&enqueue) {
  driver::event made = nullptr;
  const driver::result result = enqueue(&made);
  if (result != driver::CL_SUCCESS) [[unlikely]]
    on.device.fail(result, fmt::format("{} of {} bytes", call, size));
  on.note(made);
}

void enqueue_move(hal_stream &on, void *to, const void *from, std::uint64_t size) {
  enqueue_one(on, "clEnqueueMemcpyINTEL", size, [&](driver::event *made) {
    return on.device.api.enqueue_memcpy(on.native, 0, to, from, size, 0, nullptr, made);
  });
}

// A pattern of which the offset within the buffer is a multiple.
void enqueue_aligned_fill(hal_stream &on, place to, std::uint64_t size, const std::uint8_t *pattern,
                          std::uint32_t width) {
  enqueue_one(on, "A fill", size, [&](driver::event *made) {
    const driver::entries &api = on.device.api;
    if (const driver::buffer buffer = to.object->buffer())
      return api.enqueue_fill(on.native, buffer, pattern, width, to.in_buffer(), size, 0, nullptr, made);
    return api.enqueue_mem_fill(on.native, to.pointer(), pattern, width, size, 0, nullptr, made);
  });
}

// OpenCL counts rows from the buffer's beginning.
std::array<std::size_t, 3> origin_of(const device_rows &rows) {
  const std::uint64_t at = rows.first.in_buffer();
  return {at % rows.pitch, at / rows.pitch, 0};
}

// Rows that run over the end of a pitch, counted from the buffer's beginning, are more than drivers agree on.
bool fits_pitch(const device_rows &rows, const extent &area) {
  return rows.first.in_buffer() % rows.pitch + area.width <= rows.pitch;
}

template <typename Enqueue>
void row_by_row(const extent &area, Enqueue &&enqueue) {
  for (std::uint64_t row = 0; row < area.height; ++row) enqueue(row);
}

place row_of(const device_rows &rows, std::uint64_t row) {
  return {rows.first.object, rows.first.offset + row * rows.pitch};
}

std::byte *row_of(const host_rows &rows, std::uint64_t row) {
  return static_cast<std::byte *>(rows.first) + row * rows.pitch;
}

}  // namespace

void enqueue_write(hal_stream &on, place to, const void *from, std::uint64_t size) {
  const driver::buffer buffer = to.object->buffer();
  if (buffer == nullptr) return enqueue_move(on, to.pointer(), from, size);
  enqueue_one(on, "clEnqueueWriteBuffer", size, [&](driver::event *made) {
    return on.device.api.enqueue_write(on.native, buffer, 0, to.in_buffer(), size, from, 0, nullptr, made);
  });
}

void enqueue_read(hal_stream &on, void *to, place from, std::uint64_t size) {
  const driver::buffer buffer = from.object->buffer();
  if (buffer == nullptr) return enqueue_move(on, to, from.pointer(), size);
  enqueue_one(on, "clEnqueueReadBuffer", size, [&](driver::event *made) {
    return on.device.api.enqueue_read(on.native, buffer, 0, from.in_buffer(), size, to, 0, nullptr, made);
  });
}

// Between memory with an address only and memory with a buffer only, as imported memory beside USM is: OpenCL
// has no entry for that.
static void copy_by_host(hal_stream &on, place to, place from, std::uint64_t size) {
  hal_memory_options wanted{};
  wanted.struct_size = sizeof wanted;
  wanted.kind = HAL_MEMORY_HOST;
  wanted.size = size;
  std::unique_ptr<memory> stage = allocate(on.device, wanted);
  enqueue_read(on, stage->host, from, size);
  enqueue_write(on, to, stage->host, size);
  on.device.deferred.add(std::move(stage), on.everything());
}

void enqueue_copy(hal_stream &on, place to, place from, std::uint64_t size) {
  const driver::buffer target = to.object->buffer();
  const driver::buffer source = from.object->buffer();
  if (target == nullptr && source == nullptr) return enqueue_move(on, to.pointer(), from.pointer(), size);
  if (target == nullptr || source == nullptr) return copy_by_host(on, to, from, size);
  enqueue_one(on, "clEnqueueCopyBuffer", size, [&](driver::event *made) {
    return on.device.api.enqueue_copy(on.native, source, target, from.in_buffer(), to.in_buffer(), size, 0,
                                      nullptr, made);
  });
}

void enqueue_fill(hal_stream &on, place to, std::uint64_t size, std::uint32_t value, std::uint32_t width) {
  std::uint8_t pattern[4];
  std::memcpy(pattern, &value, sizeof pattern);
  const std::uint64_t beyond =
      to.object->buffer() != nullptr ? to.in_buffer() % width : (to.object->address + to.offset) % width;
  if (beyond == 0) return enqueue_aligned_fill(on, to, size, pattern, width);
  // The drivers want the pattern's own alignment, which a slice need not have: single bytes up to there, the
  // pattern turned by as many, and single bytes at the end.
  const std::uint64_t head = std::min<std::uint64_t>(width - beyond, size);
  const std::uint64_t middle = (size - head) / width * width;
  const auto byte_by_byte = [&](std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t at = begin; at < end; ++at)
      enqueue_aligned_fill(on, {to.object, to.offset + at}, 1, pattern + at % width, 1);
  };
  byte_by_byte(0, head);
  if (middle != 0) {
    std::uint8_t turned[4] = {};
    std::rotate_copy(pattern, pattern + head % width, pattern + width, turned);
    enqueue_aligned_fill(on, {to.object, to.offset + head}, middle, turned, width);
  }
  byte_by_byte(head + middle, size);
}

void enqueue_write_rows(hal_stream &on, device_rows to, host_rows from, extent area) {
  const driver::buffer buffer = to.first.object->buffer();
  if (buffer == nullptr || area.height == 1 || !fits_pitch(to, area)) {
    return row_by_row(
        area, [&](std::uint64_t row) { enqueue_write(on, row_of(to, row), row_of(from, row), area.width); });
  }
  const std::size_t origin[] = {0, 0, 0};
  const std::size_t region[] = {area.width, area.height, 1};
  enqueue_one(on, "clEnqueueWriteBufferRect", area.width * area.height, [&](driver::event *made) {
    return on.device.api.enqueue_write_rect(on.native, buffer, 0, origin_of(to).data(), origin, region,
                                            to.pitch, 0, from.pitch, 0, from.first, 0, nullptr, made);
  });
}

void enqueue_read_rows(hal_stream &on, host_rows to, device_rows from, extent area) {
  const driver::buffer buffer = from.first.object->buffer();
  if (buffer == nullptr || area.height == 1 || !fits_pitch(from, area)) {
    return row_by_row(
        area, [&](std::uint64_t row) { enqueue_read(on, row_of(to, row), row_of(from, row), area.width); });
  }
  const std::size_t origin[] = {0, 0, 0};
  const std::size_t region[] = {area.width, area.height, 1};
  enqueue_one(on, "clEnqueueReadBufferRect", area.width * area.height, [&](driver::event *made) {
    return on.device.api.enqueue_read_rect(on.native, buffer, 0, origin_of(from).data(), origin, region,
                                           from.pitch, 0, to.pitch, 0, to.first, 0, nullptr, made);
  });
}

void enqueue_copy_rows(hal_stream &on, device_rows to, device_rows from, extent area) {
  const driver::buffer target = to.first.object->buffer();
  const driver::buffer source = from.first.object->buffer();
  if (target == nullptr || source == nullptr || area.height == 1 || !fits_pitch(to, area) ||
      !fits_pitch(from, area)) {
    return row_by_row(
        area, [&](std::uint64_t row) { enqueue_copy(on, row_of(to, row), row_of(from, row), area.width); });
  }
  const std::size_t region[] = {area.width, area.height, 1};
  enqueue_one(on, "clEnqueueCopyBufferRect", area.width * area.height, [&](driver::event *made) {
    return on.device.api.enqueue_copy_rect(on.native, source, target, origin_of(from).data(),
                                           origin_of(to).data(), region, from.pitch, 0, to.pitch, 0, 0,
                                           nullptr, made);
  });
}

void enqueue_fill_rows(hal_stream &on, device_rows to, extent area, std::uint32_t value,
                       std::uint32_t width) {
  if (to.pitch == area.width || area.height == 1)
    return enqueue_fill(on, to.first, area.width * area.height, value, width);
  // The rows that are filled are copied to as many more: a tall area takes few commands.
  enqueue_fill(on, to.first, area.width, value, width);
  for (std::uint64_t filled = 1; filled < area.height;) {
    const std::uint64_t more = std::min(filled, area.height - filled);
    const device_rows next{row_of(to, filled), to.pitch};
    enqueue_copy_rows(on, next, to, {area.width, more});
    filled += more;
  }
}

}  // namespace hal::plugins::opencl
