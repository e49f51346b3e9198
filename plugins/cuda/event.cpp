#include "plugins/cuda/event.hpp"

#include <cmath>
#include <memory>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/cuda/device.hpp"

namespace cuda = hal::plugins::cuda;
using hal::plugin::failure;

hal_event::hal_event(hal_device &owner, bool with_timing) : device(owner), timing(with_timing) {
  const unsigned flags = timing ? 0 : cuda::driver::event_disable_timing;
  device.check(device.api.event_create(&native, flags), "cuEventCreate");
}

hal_event::~hal_event() {
  cuda::ending ignored(device);
  end(ignored);
}

void hal_event::end(cuda::ending &told) noexcept {
  if (native == nullptr) return;
  const cuda::current_context_or_none current(told);
  if (current) told(device.api.event_destroy(native), "cuEventDestroy");
  native = nullptr;
}

namespace hal::plugins::cuda {
namespace {

// The event behind a handle that must not be NULL; its device has not failed.
hal_event &open_for_wait(hal_event *event) {
  plugin::check_handle(event, "event").device.failed.check();
  return *event;
}

}  // namespace

void event_entries::event_create(hal_device *device, const hal_event_options *options,
                                 hal_event **out_event) {
  hal_device &open = open_for_work(device);
  hal_event *&made = plugin::output(out_event, "out_event");
  const auto given = plugin::input_record<hal_event_options>::or_zeros(options, "The event options");
  plugin::check_event_flags(given->flags);
  const current_context current(open);
  made = open.events.insert(std::make_unique<hal_event>(open, (given->flags & HAL_EVENT_TIMING) != 0));
}

void event_entries::event_destroy(hal_device *device, hal_event *event) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_event> ended = open.events.take(event);
  end(open, *ended);
}

void event_entries::event_record(hal_event *event, hal_stream *stream) {
  hal_event &mark = open_for_wait(event);
  hal_stream &open = open_outside_capture(stream, "event_record");
  if (&mark.device != &open.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The event belongs to another device than the stream.");
  const current_context current(open.device);
  open.device.check(open.device.api.event_record(mark.native, open.native), "cuEventRecord");
  mark.recorded.store(true, std::memory_order_relaxed);
}

hal_status event_entries::event_query(hal_event *event) {
  hal_event &mark = open_for_wait(event);
  const current_context current(mark.device);
  return mark.device.answer(mark.device.api.event_query(mark.native), "cuEventQuery");
}

void event_entries::event_synchronize(hal_event *event, std::uint64_t timeout) {
  hal_event &mark = open_for_wait(event);
  hal_device &device = mark.device;
  const current_context current(device);
  if (timeout == HAL_NO_TIMEOUT) {
    device.check(device.api.event_synchronize(mark.native), "cuEventSynchronize");
    return;
  }
  const bool happened = plugin::wait_until(timeout, [&] {
    return device.answer(device.api.event_query(mark.native), "cuEventQuery") == HAL_STATUS_OK;
  });
  if (!happened) throw plugin::timed_out("The event", timeout);
}

void event_entries::event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
  hal_event &first = open_for_wait(start);
  hal_event &second = open_for_wait(end);
  std::int64_t &elapsed = plugin::output(out_nanoseconds, "out_nanoseconds");
  plugin::check_has_time(first.timing, first.recorded);
  plugin::check_has_time(second.timing, second.recorded);
  hal_device &device = first.device;
  if (&device != &second.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The events belong to two devices, which have two clocks.");
  const current_context current(device);
  float milliseconds = 0;
  const hal_status told = device.answer(
      device.api.event_elapsed_time(&milliseconds, first.native, second.native), "cuEventElapsedTime");
  if (told == HAL_STATUS_NOT_READY)
    throw failure(HAL_STATUS_NOT_READY, "One of the two events has not happened yet.");
  elapsed = std::llround(static_cast<double>(milliseconds) * 1e6);
}

}  // namespace hal::plugins::cuda
