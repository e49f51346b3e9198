#include "plugins/template/event.hpp"

#include <memory>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/device.hpp"

using hal::plugin::failure;

hal_event::hal_event(hal_device &owner, bool with_timing) : device(owner), timing(with_timing) {
  device.check(device.api.fence_create(device.context, &fence), "vendor_fence_create");
}

hal_event::~hal_event() {
  device.api.fence_destroy(fence);
}

namespace template_plugin {
namespace {

std::uint64_t time_of(hal_event &event) {
  hal::plugin::check_has_time(event.timing, event.recorded);
  std::uint64_t time = 0;
  event.device.check(event.device.api.fence_time(event.fence, &time), "vendor_fence_time");
  return time;
}

}  // namespace

void event_entries::event_create(hal_device *device, const hal_event_options *options,
                                 hal_event **out_event) {
  hal_device &open = open_for_work(device);
  hal_event *&made = hal::plugin::output(out_event, "out_event");
  const auto given = hal::plugin::input_record<hal_event_options>::or_zeros(options, "The event options");
  hal::plugin::check_event_flags(given->flags);
  made = open.events.insert(std::make_unique<hal_event>(open, (given->flags & HAL_EVENT_TIMING) != 0));
}

void event_entries::event_destroy(hal_device *device, hal_event *event) {
  checked(device).events.take(event);
}

void event_entries::event_record(hal_event *event, hal_stream *stream) {
  hal_event &mark = open_for_work(event);
  hal_stream &open = open_outside_capture(stream, "event_record");
  hal::plugin::check_same_device(mark, open);
  open.device.check(open.device.api.fence_signal(mark.fence, open.queue), "vendor_fence_signal");
  mark.recorded = true;
}

hal_status event_entries::event_query(hal_event *event) {
  hal_event &mark = open_for_work(event);
  if (!mark.recorded) return HAL_STATUS_OK;
  return mark.device.answer(mark.device.api.fence_poll(mark.fence), "vendor_fence_poll");
}

void event_entries::event_synchronize(hal_event *event, std::uint64_t timeout) {
  hal_event &mark = open_for_work(event);
  if (!mark.recorded) return;
  mark.device.check(mark.device.api.fence_wait(mark.fence, timeout), "vendor_fence_wait");
}

void event_entries::event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
  hal_event &first = open_for_work(start);
  hal_event &second = open_for_work(end);
  std::int64_t &elapsed = hal::plugin::output(out_nanoseconds, "out_nanoseconds");
  const std::uint64_t began = time_of(first);
  elapsed = static_cast<std::int64_t>(time_of(second) - began);
}

}  // namespace template_plugin
