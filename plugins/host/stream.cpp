#include "plugins/host/stream.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/device.hpp"
#include "plugins/host/submit.hpp"

hal_stream::hal_stream(hal_device &owner)
    : device(owner), queue(std::make_shared<hal::plugins::host::queue>(owner)) {
  const std::lock_guard lock(device.mutex_);
  device.queues_.push_back(queue);
}

hal_stream::~hal_stream() {
  queue->close();
  const std::lock_guard lock(device.mutex_);
  std::erase(device.queues_, queue);
}

namespace hal::plugins::host {
namespace {

// Waits for another stream's queue to get to an event.
class wait_command final : public command {
 public:
  wait_command(queue &own, event_point point) noexcept : own_(own), point_(std::move(point)) {}
  void run(executor &) override { own_.wait_for_other(point_.on, point_.target); }

 private:
  queue &own_;
  const event_point point_;
};

}  // namespace

void host_function_work::run(executor &) const {
  try {
    function(user);
  } catch (...) {
    throw failure(HAL_STATUS_INTERNAL,
                  "A host function ended with an exception, which cannot cross the plugin boundary.");
  }
}

void check_not_capturing(const hal_stream &stream, const char *what) {
  if (stream.capture != nullptr) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_STATE,
                  std::string("The stream is being captured; ") + what + " cannot be recorded.");
  }
}

hal_stream &open_for_work(hal_stream *stream) {
  hal_stream &on = plugin::check_handle(stream, "stream");
  on.device.failed.check();
  return on;
}

hal_stream &open_outside_capture(hal_stream *stream, const char *what) {
  hal_stream &on = open_for_work(stream);
  check_not_capturing(on, what);
  return on;
}

void stream_entries::stream_create(hal_device *device, const hal_stream_options *options,
                                   hal_stream **out_stream) {
  hal_device &on = checked(device);
  hal_stream *&stream = plugin::output(out_stream, "out_stream");
  const auto given = plugin::input_record<hal_stream_options>::or_zeros(options, "The stream options");
  if (given->flags != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The stream flags are {:#x}; none is defined.", given->flags));
  }
  stream = on.streams.insert(std::make_unique<hal_stream>(on));
}

void stream_entries::stream_destroy(hal_device *device, hal_stream *stream) {
  checked(device).streams.take(stream);
}

void stream_entries::stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
  hal_stream &on = plugin::check_handle(stream, "stream");
  check_not_capturing(on, "a wait for it");
  const bool done = on.queue->wait(on.queue->submitted(), deadline(timeout));
  on.device.failed.check();
  if (!done) {
    throw failure(HAL_STATUS_TIMED_OUT,
                  fmt::format("The stream's work had not finished after {} ns.", timeout));
  }
}

hal_status stream_entries::stream_query(hal_stream *stream) {
  hal_stream &on = open_outside_capture(stream, "a query of it");
  if (!on.queue->idle()) return HAL_STATUS_NOT_READY;
  on.device.failed.check();
  return HAL_STATUS_OK;
}

void stream_entries::stream_wait_event(hal_stream *stream, hal_event *event) {
  hal_stream &on = open_outside_capture(stream, "a wait for an event");
  event_point point = plugin::check_handle(event, "event").point();
  if (point.happened() || point.on == on.queue) return;
  on.queue->submit_simple<wait_command>(*on.queue, std::move(point));
}

void stream_entries::stream_host_function(hal_stream *stream, hal_host_function function, void *user) {
  hal_stream &on = open_for_work(stream);
  if (function == nullptr) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host function is NULL.");
  host_function_work work;
  work.function = function;
  work.user = user;
  submit(on, work);
}

}  // namespace hal::plugins::host
