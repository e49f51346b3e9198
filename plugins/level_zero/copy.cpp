#include "plugins/level_zero/copy.hpp"

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/operation.hpp"
#include "plugins/level_zero/peer.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

void copy_entries::copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                                  const void *source, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = checked_memory(destination, open.device);
  plugin::check_range(to, offset, size, "copy_to_device");
  if (size == 0) return;
  plugin::check_pointer(source, "The source of copy_to_device");
  submit(open, operation::transfer(to.bytes(offset), source, size));
}

void copy_entries::copy_to_host(hal_stream *stream, void *destination, hal_memory *source,
                                std::uint64_t offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &from = checked_memory(source, open.device);
  plugin::check_range(from, offset, size, "copy_to_host");
  if (size == 0) return;
  plugin::check_pointer(destination, "The destination of copy_to_host");
  submit(open, operation::transfer(destination, from.bytes(offset), size));
}

void copy_entries::copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = checked_memory(destination, open.device);
  const memory &from = checked_memory(source, open.device);
  plugin::check_range(to, destination_offset, size, "copy to memory");
  plugin::check_range(from, source_offset, size, "copy from memory");
  if (size == 0) return;
  plugin::check_no_overlap(to.address + destination_offset, from.address + source_offset, size);
  submit(open, operation::copy(to.bytes(destination_offset), from.bytes(source_offset), size));
}

void copy_entries::copy_peer(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                             hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  memory &to = static_cast<memory &>(plugin::check_handle(destination, "destination memory"));
  memory &from = static_cast<memory &>(plugin::check_handle(source, "source memory"));
  if (&to.device != &open.device && &from.device != &open.device) {
    throw failure(HAL_STATUS_INVALID_HANDLE,
                  "Neither memory of copy_peer belongs to the stream's device; one of them must.");
  }
  to.device.failed.check();
  from.device.failed.check();
  plugin::check_range(to, destination_offset, size, "copy_peer to memory");
  plugin::check_range(from, source_offset, size, "copy_peer from memory");
  if (size == 0) return;
  plugin::check_no_overlap(to.address + destination_offset, from.address + source_offset, size);
  hal_device &other = &to.device == &open.device ? from.device : to.device;
  const bool reaches = other.context == open.device.context && is_reachable(open.device, other);
  // The other device's memory is not freed before this stream is past the copy.
  if (&other != &open.device) (&to.device == &open.device ? from : to).root().used_by_peers = true;
  std::byte *const end = to.bytes(destination_offset);
  const std::byte *const begin = from.bytes(source_offset);
  submit(open, reaches ? operation::copy(end, begin, size)
                       : operation::staged_copy(end, to.device, begin, from.device, size));
}

void copy_entries::fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                        std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const level_zero::memory &to = checked_memory(memory, open.device);
  plugin::check_fill_width(width, offset, size);
  plugin::check_range(to, offset, size, "fill");
  if (size == 0) return;
  submit(open, operation::fill(to.bytes(offset), size, value, width));
}

}  // namespace hal::plugins::level_zero
