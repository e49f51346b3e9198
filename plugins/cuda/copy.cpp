#include "plugins/cuda/copy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

[[noreturn]] void fail_copy(hal_device &device, driver::result result, const char *call, std::uint64_t size) {
  device.fail(result, fmt::format("{} of {} bytes", call, size));
}

}  // namespace

void copy_entries::copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                                  const void *source, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = checked_memory(destination, open.device);
  plugin::check_range(to, offset, size, "copy_to_device");
  if (size == 0) return;
  plugin::check_pointer(source, "The source of copy_to_device");
  const current_context current(open.device);
  const driver::result result =
      open.device.api.memcpy_htod_async(to.address + offset, source, size, open.native);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    fail_copy(open.device, result, "cuMemcpyHtoDAsync", size);
}

void copy_entries::copy_to_host(hal_stream *stream, void *destination, hal_memory *source,
                                std::uint64_t offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &from = checked_memory(source, open.device);
  plugin::check_range(from, offset, size, "copy_to_host");
  if (size == 0) return;
  plugin::check_pointer(destination, "The destination of copy_to_host");
  const current_context current(open.device);
  const driver::result result =
      open.device.api.memcpy_dtoh_async(destination, from.address + offset, size, open.native);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    fail_copy(open.device, result, "cuMemcpyDtoHAsync", size);
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
  const current_context current(open.device);
  const driver::result result = open.device.api.memcpy_async(to.address + destination_offset,
                                                             from.address + source_offset, size, open.native);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    fail_copy(open.device, result, "cuMemcpyAsync", size);
}

void copy_entries::copy_peer(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                             hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = static_cast<memory &>(plugin::check_handle(destination, "destination memory"));
  const memory &from = static_cast<memory &>(plugin::check_handle(source, "source memory"));
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
  const current_context current(open.device);
  const driver::result result =
      open.device.api.memcpy_peer_async(to.address + destination_offset, to.device.context,
                                        from.address + source_offset, from.device.context, size, open.native);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    fail_copy(open.device, result, "cuMemcpyPeerAsync", size);
}

void copy_entries::fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                        std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const hal_memory &to = checked_memory(memory, open.device);
  plugin::check_fill_width(width, offset, size);
  plugin::check_range(to, offset, size, "fill");
  if (size == 0) return;
  const api &api = open.device.api;
  const driver::deviceptr at = to.address + offset;
  const current_context current(open.device);
  const driver::result result =
      width == 1   ? api.memset_d8_async(at, static_cast<unsigned char>(value), size, open.native)
      : width == 2 ? api.memset_d16_async(at, static_cast<unsigned short>(value), size / 2, open.native)
                   : api.memset_d32_async(at, value, size / 4, open.native);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    fail_copy(open.device, result, "cuMemsetAsync", size);
}

}  // namespace hal::plugins::cuda
