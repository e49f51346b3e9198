#include "plugins/host/event.hpp"

#include <fmt/format.h>

#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"

namespace hal::plugins::host {
namespace {

class record_command final : public command {
 public:
  explicit record_command(std::shared_ptr<std::atomic<std::uint64_t>> time) noexcept
      : time_(std::move(time)) {}
  void run(executor &) override { time_->store(now(), std::memory_order_relaxed); }

 private:
  const std::shared_ptr<std::atomic<std::uint64_t>> time_;
};

// The moment of a recorded event with timing. `which` names it in messages.
std::uint64_t moment(const hal_event &event, const char *which) {
  const event_point point = event.point();
  if (point.on == nullptr) {
    throw failure(HAL_STATUS_INVALID_STATE, fmt::format("The {} event was never recorded.", which));
  }
  if (!point.happened()) {
    throw failure(HAL_STATUS_NOT_READY, fmt::format("The {} event has not happened yet.", which));
  }
  return point.time->load(std::memory_order_relaxed);
}

}  // namespace

bool event_point::happened() const noexcept {
  return on == nullptr || on->completed().reached(target);
}

void event_entries::event_create(hal_device *device, const hal_event_options *options,
                                 hal_event **out_event) {
  hal_device &on = checked(device);
  hal_event *&event = plugin::output(out_event, "out_event");
  const auto given = plugin::input_record<hal_event_options>::or_zeros(options, "The event options");
  if ((given->flags & ~static_cast<std::uint32_t>(HAL_EVENT_TIMING)) != 0) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The event flags are {:#x}; only HAL_EVENT_TIMING (1) is defined.", given->flags));
  }
  event = on.events.insert(std::make_unique<hal_event>(on, (given->flags & HAL_EVENT_TIMING) != 0));
}

void event_entries::event_destroy(hal_device *device, hal_event *event) {
  checked(device).events.take(event);
}

void event_entries::event_record(hal_event *event, hal_stream *stream) {
  hal_event &recorded = plugin::check_handle(event, "event");
  hal_stream &on = open_outside_capture(stream, "an event");
  if (&recorded.device != &on.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The event belongs to another device than the stream.");
  event_point point;
  point.on = on.queue;
  if (recorded.timing) {
    point.time = std::make_shared<std::atomic<std::uint64_t>>(0);
    on.queue->submit_simple<record_command>(point.time);
  }
  point.target = on.queue->submitted();
  const std::lock_guard lock(recorded.mutex);
  std::swap(recorded.current, point);
}

hal_status event_entries::event_query(hal_event *event) {
  hal_event &queried = plugin::check_handle(event, "event");
  queried.device.failed.check();
  if (!queried.point().happened()) return HAL_STATUS_NOT_READY;
  queried.device.failed.check();
  return HAL_STATUS_OK;
}

void event_entries::event_synchronize(hal_event *event, std::uint64_t timeout) {
  hal_event &awaited = plugin::check_handle(event, "event");
  const event_point point = awaited.point();
  const bool done = point.on == nullptr || point.on->wait(point.target, deadline(timeout));
  awaited.device.failed.check();
  if (!done) {
    throw failure(HAL_STATUS_TIMED_OUT, fmt::format("The event had not happened after {} ns.", timeout));
  }
}

void event_entries::event_elapsed(hal_event *start, hal_event *end, std::int64_t *out_nanoseconds) {
  const hal_event &from = plugin::check_handle(start, "start event");
  const hal_event &to = plugin::check_handle(end, "end event");
  std::int64_t &nanoseconds = plugin::output(out_nanoseconds, "out_nanoseconds");
  if (&from.device != &to.device)
    throw failure(HAL_STATUS_INVALID_HANDLE, "The two events belong to different devices.");
  if (!from.timing || !to.timing) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, fmt::format("The {} event was made without HAL_EVENT_TIMING.",
                                                           from.timing ? "end" : "start"));
  }
  from.device.failed.check();
  const std::uint64_t begun = moment(from, "start");
  const std::uint64_t ended = moment(to, "end");
  // A failure meanwhile leaves out the commands that take the time.
  from.device.failed.check();
  nanoseconds = static_cast<std::int64_t>(ended - begun);
}

}  // namespace hal::plugins::host
