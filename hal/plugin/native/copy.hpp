// Copies and fills, in stream order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/memory.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/rectangle.hpp"

namespace hal::plugin::native {

// The vendor adds copies, a type whose static functions submit to a stream. The device is current, every
// range was checked and is not empty; addresses are numbers. The first five answer a result, the last two
// throw:
//
// to_device(stream &, to, const void *from, size) and to_host(stream &, void *to, from, size);
//
// within(stream &, to, from, size), one device's memory;
//
// between(stream &, const memory &to, to offset, const memory &from, from offset, size);
//
// fill(stream &, at, value, width, size), with a width of 1, 2 or 4 bytes;
//
// rows(stream &, to, from, width, height), from one rectangle_side to another;
//
// fill_rows(stream &, at, pitch, row_size, height, value, width).
//
// Its texts to_device_call, to_host_call, within_call, between_call and fill_call are the calls that those
// make, for messages.
template <typename Vendor>
struct copy_entries {
  using copies = typename Vendor::copies;
  using memory_type = typename Vendor::memory;
  using stream_type = typename Vendor::stream;
  using result = typename Vendor::result;

  static void copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                             const void *source, std::uint64_t size) {
    stream_type &open = open_for_work(stream);
    const auto &to = checked_memory(destination, open.device);
    check_range(to, offset, size, "copy_to_device");
    if (size == 0) return;
    check_pointer(source, "The source of copy_to_device");
    const typename Vendor::current current(open.device);
    check(open, copies::to_device(open, to.address + offset, source, size), copies::to_device_call, size);
  }

  static void copy_to_host(hal_stream *stream, void *destination, hal_memory *source, std::uint64_t offset,
                           std::uint64_t size) {
    stream_type &open = open_for_work(stream);
    const auto &from = checked_memory(source, open.device);
    check_range(from, offset, size, "copy_to_host");
    if (size == 0) return;
    check_pointer(destination, "The destination of copy_to_host");
    const typename Vendor::current current(open.device);
    check(open, copies::to_host(open, destination, from.address + offset, size), copies::to_host_call, size);
  }

  static void copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                   hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
    stream_type &open = open_for_work(stream);
    const auto &to = checked_memory(destination, open.device);
    const auto &from = checked_memory(source, open.device);
    check_range(to, destination_offset, size, "copy to memory");
    check_range(from, source_offset, size, "copy from memory");
    if (size == 0) return;
    const std::uint64_t to_address = to.address + destination_offset;
    const std::uint64_t from_address = from.address + source_offset;
    check_no_overlap(to_address, from_address, size);
    const typename Vendor::current current(open.device);
    check(open, copies::within(open, to_address, from_address, size), copies::within_call, size);
  }

  static void copy_peer(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
    stream_type &open = open_for_work(stream);
    const auto &to = static_cast<const memory_type &>(check_handle(destination, "destination memory"));
    const auto &from = static_cast<const memory_type &>(check_handle(source, "source memory"));
    if (&to.device != &open.device && &from.device != &open.device) {
      throw failure(HAL_STATUS_INVALID_HANDLE,
                    "Neither memory of copy_peer belongs to the stream's device; one of them must.");
    }
    to.device.failed.check();
    from.device.failed.check();
    check_range(to, destination_offset, size, "copy_peer to memory");
    check_range(from, source_offset, size, "copy_peer from memory");
    if (size == 0) return;
    check_no_overlap(to.address + destination_offset, from.address + source_offset, size);
    const typename Vendor::current current(open.device);
    check(open, copies::between(open, to, destination_offset, from, source_offset, size),
          copies::between_call, size);
  }

  static void copy_2d(hal_stream *stream, const hal_copy_2d *copy) {
    stream_type &open = open_for_work(stream);
    const input_record<hal_copy_2d> given(copy, "The copy's record");
    const auto find = [&](hal_memory *memory) -> const hal_memory & {
      return checked_memory(memory, open.device);
    };
    const rectangle_side to = checked_side(given->destination, *given, "destination's", find);
    const rectangle_side from = checked_side(given->source, *given, "source's", find);
    check_disjoint(to, from);
    if (to.extent == 0) return;
    const typename Vendor::current current(open.device);
    copies::rows(open, to, from, given->width, given->height);
  }

  static void fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                   std::uint32_t value, std::uint32_t width) {
    stream_type &open = open_for_work(stream);
    const auto &to = checked_memory(memory, open.device);
    check_fill_width(width, offset, size);
    check_range(to, offset, size, "fill");
    if (size == 0) return;
    const typename Vendor::current current(open.device);
    check(open, copies::fill(open, to.address + offset, value, width, size), copies::fill_call, size);
  }

  static void fill_2d(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t pitch,
                      std::uint64_t row_size, std::uint64_t height, std::uint32_t value,
                      std::uint32_t width) {
    stream_type &open = open_for_work(stream);
    const auto &to = checked_memory(memory, open.device);
    const std::uint64_t extent = check_fill_2d(offset, pitch, row_size, height, width);
    check_range(to, offset, extent, "fill_2d");
    if (extent == 0) return;
    const typename Vendor::current current(open.device);
    copies::fill_rows(open, to.address + offset, pitch, row_size, height, value, width);
  }

 private:
  static void check(stream_type &on, result given, std::string_view call, std::uint64_t size) {
    if (given != Vendor::success) [[unlikely]]
      fail(on, given, call, size);
  }
  [[noreturn, gnu::cold, gnu::noinline]] static void fail(stream_type &on, result given,
                                                          std::string_view call, std::uint64_t size) {
    on.device.fail(given, std::string(call) + " of " + std::to_string(size) + " bytes");
  }
};

}  // namespace hal::plugin::native
