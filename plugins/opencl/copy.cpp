#include "plugins/opencl/copy.hpp"

#include "hal/plugin/checks.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/submit.hpp"
#include "plugins/opencl/transfer.hpp"

namespace hal::plugins::opencl {

namespace {

void check_disjoint(const place &to, const place &from, std::uint64_t size) {
  if (&to.object->root() == &from.object->root())
    plugin::check_no_overlap(to.in_buffer(), from.in_buffer(), size);
}

}  // namespace

void copy_entries::copy_to_device(hal_stream *stream, hal_memory *destination, std::uint64_t offset,
                                  const void *source, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  memory &to = checked_memory(destination, open.device);
  plugin::check_range(to, offset, size, "copy_to_device");
  if (size == 0) return;
  plugin::check_pointer(source, "The source of copy_to_device");
  submit(open, step_kind::copy_to_device, nullptr, [=, &to](hal_stream &on) {
    enqueue_write(on, {&to, offset}, source, size);
  });
}

void copy_entries::copy_to_host(hal_stream *stream, void *destination, hal_memory *source,
                                std::uint64_t offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  memory &from = checked_memory(source, open.device);
  plugin::check_range(from, offset, size, "copy_to_host");
  if (size == 0) return;
  plugin::check_pointer(destination, "The destination of copy_to_host");
  submit(open, step_kind::copy_to_host, nullptr, [=, &from](hal_stream &on) {
    enqueue_read(on, destination, {&from, offset}, size);
  });
}

void copy_entries::copy(hal_stream *stream, hal_memory *destination, std::uint64_t destination_offset,
                        hal_memory *source, std::uint64_t source_offset, std::uint64_t size) {
  hal_stream &open = open_for_work(stream);
  memory &to = checked_memory(destination, open.device);
  memory &from = checked_memory(source, open.device);
  plugin::check_range(to, destination_offset, size, "copy to memory");
  plugin::check_range(from, source_offset, size, "copy from memory");
  if (size == 0) return;
  const place target{&to, destination_offset};
  const place origin{&from, source_offset};
  check_disjoint(target, origin, size);
  submit(open, step_kind::copy, nullptr, [=](hal_stream &on) { enqueue_copy(on, target, origin, size); });
}

void copy_entries::fill(hal_stream *stream, hal_memory *memory, std::uint64_t offset, std::uint64_t size,
                        std::uint32_t value, std::uint32_t width) {
  hal_stream &open = open_for_work(stream);
  auto &to = checked_memory(memory, open.device);
  plugin::check_fill_width(width, offset, size);
  plugin::check_range(to, offset, size, "fill");
  if (size == 0) return;
  submit(open, step_kind::fill, nullptr, [=, &to](hal_stream &on) {
    enqueue_fill(on, {&to, offset}, size, value, width);
  });
}

}  // namespace hal::plugins::opencl
