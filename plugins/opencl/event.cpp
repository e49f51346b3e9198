#include "plugins/opencl/event.hpp"

#include <memory>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

std::uint64_t time_of(hal_device &device, const happening &done) {
  if (device.answer(done) == HAL_STATUS_NOT_READY)
    throw failure(HAL_STATUS_NOT_READY, "One of the two events has not happened yet.");
  std::uint64_t time = 0;
  device.check(
      device.api.get_event_profiling_info(done.native(), driver::profiling_end, sizeof time, &time, nullptr),
      "clGetEventProfilingInfo");
  return time;
}

}  // namespace

void event_entries::event_create(hal_device *device, const hal_event_options *options,
                                 hal_event **out_event) {
  hal_device &open = open_for_work(device);
  hal_event *&made = plugin::output(out_event, "out_event");
  const auto given = plugin::input_record<hal_event_options>::or_zeros(options, "The event options");
  plugin::check_event_flags(given->flags);
  made = open.events.insert(std::make_unique<hal_event>(open, (given->flags & HAL_EVENT_TIMING) != 0));
}

void event_entries::event_destroy(hal_device *device, hal_event *event) {
  hal_device &open = checked(device);
  const std::unique_ptr<hal_event> ended = open.events.take(event);
}

void event_entries::event_record(hal_event *event, hal_stream *stream) {
  hal_event &mark = open_for_work(event);
  hal_stream &open = open_outside_capture(stream, "event_record");
  plugin::check_same_device(mark, open);
  if (mark.timing && !open.has_time) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        "The event is made for timing, and the adopted queue was created without CL_QUEUE_PROFILING_ENABLE.");
  }
  // The last command's own time may be long ago.
  mark.record(mark.timing ? open.marker() : open.everything());
}

hal_status event_entries::event_query(hal_event *event) {
  hal_event &mark = open_for_work(event);
  return mark.device.answer(mark.current());
}

void event_entries::event_synchronize(hal_event *event, std::uint64_t timeout) {
  hal_event &mark = open_for_work(event);
  hal_device &device = mark.device;
  const happening awaited = mark.current();
  if (timeout == HAL_NO_TIMEOUT) {
    device.await(awaited);
    device.failed.check();
    return;
  }
  if (!plugin::wait_until(timeout, [&] { return device.answer(awaited) == HAL_STATUS_OK; }))
    throw plugin::timed_out("The event", timeout);
}

void event_entries::event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
  hal_event &first = open_for_work(start);
  hal_event &second = open_for_work(end);
  std::int64_t &elapsed = plugin::output(out_nanoseconds, "out_nanoseconds");
  plugin::check_has_time(first.timing, first.recorded());
  plugin::check_has_time(second.timing, second.recorded());
  hal_device &device = first.device;
  plugin::check_one_clock(first, second);
  const std::uint64_t begun = time_of(device, first.current());
  elapsed = static_cast<std::int64_t>(time_of(device, second.current()) - begun);
}

}  // namespace hal::plugins::opencl
