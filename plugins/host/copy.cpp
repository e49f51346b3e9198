#include "plugins/host/copy.hpp"

#include <fmt/format.h>

#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/submit.hpp"

namespace hal::plugins::host {
namespace {

void check_host(const void *host, std::uint64_t size, const char *what) {
  if (host == nullptr && size != 0) plugin::check_pointer(host, what);
}

bool overlap(std::uint64_t one, std::uint64_t one_size, std::uint64_t two, std::uint64_t two_size) {
  return one_size != 0 && two_size != 0 && one < two + two_size && two < one + one_size;
}

void check_disjoint(std::uint64_t destination, std::uint64_t destination_size, std::uint64_t source,
                    std::uint64_t source_size) {
  if (overlap(destination, destination_size, source, source_size)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("Source and destination of the copy overlap: {} bytes at {:#x} and {} bytes at "
                              "{:#x}.",
                              source_size, source, destination_size, destination));
  }
}

// Work of 0 bytes is recorded, so that a graph keeps its shape, but not run.
template <typename Work>
void submit_bytes(hal_stream &on, const Work &work, std::uint64_t size) {
  if (size != 0 || on.capture != nullptr) submit(on, work);
}

void submit_copy(hal_stream &on, memory &destination, std::uint64_t destination_offset, memory &source,
                 std::uint64_t source_offset, std::uint64_t size, const char *what) {
  plugin::check_range(destination, destination_offset, size, what);
  plugin::check_range(source, source_offset, size, what);
  check_disjoint(destination.address + destination_offset, size, source.address + source_offset, size);
  copy_work work;
  work.first = &destination;
  work.second = &source;
  work.destination = destination.at(destination_offset);
  work.source = source.at(source_offset);
  work.size = size;
  submit_bytes(on, work, size);
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

void check_pitch(std::uint64_t pitch, std::uint64_t width, const char *what) {
  if (pitch < width) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The {} pitch is {} bytes, less than a row's {}.", what, pitch, width));
  }
}

struct side {
  memory *object;
  std::byte *first;
  std::uint64_t extent;
};

side checked_side(const hal_rectangle &given, const hal_copy_2d &request, const hal_device &device,
                  const char *what) {
  check_pitch(given.pitch, request.width, what);
  side found{};
  found.extent = extent_of(given.pitch, request.width, request.height, "copy_2d");
  if (given.memory == nullptr) {
    check_host(given.host, found.extent, "The host side of copy_2d");
    found.first = static_cast<std::byte *>(given.host);
    return found;
  }
  found.object = &checked_memory(given.memory, device);
  plugin::check_range(*found.object, given.offset, found.extent, "copy_2d");
  found.first = found.object->at(given.offset);
  return found;
}

}  // namespace

void copy_entries::copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                                  const void *source, std::uint64_t size) {
  hal_stream &on = open_for_work(stream);
  copy_work work;
  work.first = &checked_memory(destination, on.device);
  plugin::check_range(*work.first, offset, size, "copy_to_device");
  check_host(source, size, "The source of copy_to_device");
  work.destination = work.first->at(offset);
  work.source = static_cast<const std::byte *>(source);
  work.size = size;
  submit_bytes(on, work, size);
}

void copy_entries::copy_to_host(hal_stream *stream, void *destination, hal_memory *source,
                                std::uint64_t offset, std::uint64_t size) {
  hal_stream &on = open_for_work(stream);
  copy_work work;
  work.first = &checked_memory(source, on.device);
  plugin::check_range(*work.first, offset, size, "copy_to_host");
  check_host(destination, size, "The destination of copy_to_host");
  work.destination = static_cast<std::byte *>(destination);
  work.source = work.first->at(offset);
  work.size = size;
  submit_bytes(on, work, size);
}

void copy_entries::copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &on = open_for_work(stream);
  submit_copy(on, checked_memory(destination, on.device), destination_offset,
              checked_memory(source, on.device), source_offset, size, "copy");
}

void copy_entries::copy_peer(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                             hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &on = open_for_work(stream);
  auto &to = static_cast<memory &>(plugin::check_handle(destination, "destination memory"));
  auto &from = static_cast<memory &>(plugin::check_handle(source, "source memory"));
  if (to.device != &on.device && from.device != &on.device) {
    throw failure(
        HAL_STATUS_INVALID_HANDLE,
        "Neither memory of copy_peer belongs to the stream's device; the stream belongs to one of the "
        "two devices.");
  }
  to.device->failed.check();
  from.device->failed.check();
  submit_copy(on, to, destination_offset, from, source_offset, size, "copy_peer");
}

void copy_entries::copy_2d(hal_stream *stream, const hal_copy_2d *request) {
  hal_stream &on = open_for_work(stream);
  const auto given = plugin::input_record(request, "The rectangular copy");
  const side to = checked_side(given->destination, *given, on.device, "destination");
  const side from = checked_side(given->source, *given, on.device, "source");
  if (to.object != nullptr && from.object != nullptr) {
    check_disjoint(reinterpret_cast<std::uintptr_t>(to.first), to.extent,
                   reinterpret_cast<std::uintptr_t>(from.first), from.extent);
  }
  copy_rows_work work;
  work.first = to.object;
  work.second = from.object;
  work.destination = to.first;
  work.source = from.first;
  work.destination_pitch = given->destination.pitch;
  work.source_pitch = given->source.pitch;
  work.width = given->width;
  work.height = given->height;
  submit_bytes(on, work, to.extent);
}

void copy_entries::fill(hal_stream *stream, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                        std::uint32_t value, std::uint32_t width) {
  hal_stream &on = open_for_work(stream);
  fill_work work;
  work.first = &checked_memory(handle, on.device);
  plugin::check_fill_width(width, offset, size);
  plugin::check_range(*work.first, offset, size, "fill");
  work.destination = work.first->at(offset);
  work.pitch = work.row_size = size;
  work.height = 1;
  work.value = value;
  work.width = width;
  submit_bytes(on, work, size);
}

void copy_entries::fill_2d(hal_stream *stream, hal_memory *handle, std::uint64_t offset, std::uint64_t pitch,
                           std::uint64_t row_size, std::uint64_t height, std::uint32_t value,
                           std::uint32_t width) {
  hal_stream &on = open_for_work(stream);
  fill_work work;
  work.first = &checked_memory(handle, on.device);
  plugin::check_fill_width(width, offset, row_size);
  plugin::check_fill_width(width, 0, pitch);
  check_pitch(pitch, row_size, "fill's");
  const std::uint64_t extent = extent_of(pitch, row_size, height, "fill_2d");
  plugin::check_range(*work.first, offset, extent, "fill_2d");
  work.destination = work.first->at(offset);
  work.pitch = pitch;
  work.row_size = row_size;
  work.height = height;
  work.value = value;
  work.width = width;
  submit_bytes(on, work, extent);
}

}  // namespace hal::plugins::host
