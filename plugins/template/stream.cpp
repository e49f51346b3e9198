#include "plugins/template/stream.hpp"

#include <memory>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/device.hpp"

using hal::plugin::failure;

hal_stream::hal_stream(hal_device &owner) : device(owner) {
  device.check(device.api.queue_create(device.context, &queue), "vendor_queue_create");
}

hal_stream::~hal_stream() {
  device.api.queue_destroy(queue);
}

namespace template_plugin {
namespace {

void submit_copy(hal_stream &on, std::uint64_t to, std::uint64_t from, std::uint64_t size) {
  if (size == 0) return;
  const vendor_result result = on.device.api.queue_copy(on.queue, to, from, size);
  if (result != VENDOR_OK) [[unlikely]]
    on.device.fail(result, "vendor_queue_copy of " + std::to_string(size) + " bytes");
}

std::uint64_t host_address(const void *pointer, const char *what) {
  hal::plugin::check_pointer(pointer, what);
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace

void stream_entries::stream_create(hal_device *device, const hal_stream_options *options,
                                   hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = hal::plugin::output(out_stream, "out_stream");
  const auto given = hal::plugin::input_record<hal_stream_options>::or_zeros(options, "The stream options");
  hal::plugin::check_no_flags(given->flags, "The stream flags");
  made = open.streams.insert(std::make_unique<hal_stream>(open));
}

void stream_entries::stream_destroy(hal_device *device, hal_stream *stream) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_stream> ended = open.streams.take(stream);
  open.api.queue_wait(ended->queue, HAL_NO_TIMEOUT);
}

void stream_entries::stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
  hal_stream &open = open_outside_capture(stream, "stream_synchronize");
  open.device.check(open.device.api.queue_wait(open.queue, timeout), "vendor_queue_wait");
}

hal_status stream_entries::stream_query(hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "stream_query");
  return open.device.answer(open.device.api.queue_poll(open.queue), "vendor_queue_poll");
}

void stream_entries::stream_wait_event(hal_stream *stream, hal_event *event) {
  hal_stream &open = open_outside_capture(stream, "stream_wait_event");
  const hal_event &awaited = hal::plugin::check_handle(event, "event");
  if (!awaited.recorded) return;
  open.device.check(open.device.api.queue_await(open.queue, awaited.fence), "vendor_queue_await");
}

void copy_entries::copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                                  const void *source, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = checked_memory(destination, open.device);
  hal::plugin::check_range(to, offset, size, "copy_to_device");
  submit_copy(open, to.address + offset, size == 0 ? 0 : host_address(source, "The source"), size);
}

void copy_entries::copy_to_host(hal_stream *stream, void *destination, hal_memory *source,
                                std::uint64_t offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &from = checked_memory(source, open.device);
  hal::plugin::check_range(from, offset, size, "copy_to_host");
  submit_copy(open, size == 0 ? 0 : host_address(destination, "The destination"), from.address + offset,
              size);
}

void copy_entries::copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  const memory &to = checked_memory(destination, open.device);
  const memory &from = checked_memory(source, open.device);
  hal::plugin::check_range(to, destination_offset, size, "copy to memory");
  hal::plugin::check_range(from, source_offset, size, "copy from memory");
  const std::uint64_t first = to.address + destination_offset;
  const std::uint64_t second = from.address + source_offset;
  if (first < second + size && second < first + size) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The source and the destination of a copy of " + std::to_string(size) + " bytes overlap.");
  }
  submit_copy(open, first, second, size);
}

void copy_entries::fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                        std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  const hal_memory &to = checked_memory(memory, open.device);
  hal::plugin::check_fill_width(width, offset, size);
  hal::plugin::check_range(to, offset, size, "fill");
  if (size == 0) return;
  const vendor_result result =
      open.device.api.queue_fill(open.queue, to.address + offset, size, value, width);
  if (result != VENDOR_OK) [[unlikely]]
    open.device.fail(result, "vendor_queue_fill of " + std::to_string(size) + " bytes");
}

}  // namespace template_plugin
