#include "plugins/level_zero/event.hpp"

#include <memory>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/wait.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

mark_ref time_of(const hal_event &event) {
  mark_ref recorded = event.now();
  plugin::check_has_time(event.timing, static_cast<bool>(recorded));
  return recorded;
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
  hal_event &mark = checked(event);
  hal_stream &open = open_outside_capture(stream, "event_record");
  plugin::check_same_device(mark, open);
  mark.stand_for(open.mark_end(mark.timing && open.device.has(HAL_FEATURE_TIMESTAMPS)));
}

hal_status event_entries::event_query(hal_event *event) {
  hal_event &asked = open_for_work(event);
  const mark_ref recorded = asked.now();
  return !recorded || has_happened(asked.device, *recorded) ? HAL_STATUS_OK : HAL_STATUS_NOT_READY;
}

void event_entries::event_synchronize(hal_event *event, std::uint64_t timeout) {
  hal_event &awaited = open_for_work(event);
  const mark_ref recorded = awaited.now();
  if (recorded && !wait_for(awaited.device, *recorded, timeout))
    throw plugin::timed_out("The event", timeout);
}

void event_entries::event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
  hal_event &first = open_for_work(start);
  hal_event &second = open_for_work(end);
  std::int64_t &elapsed = plugin::output(out_nanoseconds, "out_nanoseconds");
  hal_device &device = first.device;
  check_feature(device, HAL_FEATURE_TIMESTAMPS, "Time between events");
  const mark_ref begin = time_of(first);
  const mark_ref finish = time_of(second);
  plugin::check_one_clock(first, second);
  if (!has_happened(device, *begin) || !has_happened(device, *finish))
    throw failure(HAL_STATUS_NOT_READY, "One of the two events has not happened yet.");
  elapsed = device.clock.between(*begin->time, *finish->time);
}

}  // namespace hal::plugins::level_zero
