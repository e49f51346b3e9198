#include "plugins/opencl/stream.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/submit.hpp"

namespace driver = hal::plugins::opencl::driver;
using hal::plugin::failure;
using hal::plugins::opencl::happening;

hal_stream::hal_stream(hal_device &owner, driver::queue made, bool is_ours, bool keeps_time)
    : device(owner), native(made), ours(is_ours), has_time(keeps_time) {}

hal_stream::~hal_stream() {
  hal::plugins::opencl::ending ignored(device);
  end(ignored);
}

void hal_stream::end(hal::plugins::opencl::ending &told) noexcept {
  if (std::exchange(ended_, true)) return;
  worker_.reset();
  if (!device.stuck) told(device.api.finish(native), "clFinish");
  last_ = {};
  told(device.api.release_queue(native), "clReleaseCommandQueue");
}

void hal_stream::note(driver::event command) {
  last_ = happening(device.api, command);
}

void hal_stream::flush() {
  device.check(device.api.flush(native), "clFlush");
}

happening hal_stream::everything() {
  // The owner of an adopted queue may have given it more.
  return ours ? last_ : marker();
}

happening hal_stream::marker() {
  driver::event made = nullptr;
  device.check(device.api.enqueue_marker(native, 0, nullptr, &made), "clEnqueueMarkerWithWaitList");
  note(made);
  flush();
  return last_;
}

void hal_stream::wait_for(const happening &before, const hal_device &owner) {
  if (!before) return;
  if (owner.context == device.context) {
    driver::event made = nullptr;
    device.check(device.api.enqueue_barrier(native, 1, &before.native(), &made),
                 "clEnqueueBarrierWithWaitList");
    note(made);
    return;
  }
  // Events of one context mean nothing to the queues of another.
  enqueue_gate(before, nullptr);
}

void hal_stream::enqueue_host_work(std::function<void()> work) {
  enqueue_gate(everything(), std::move(work));
}

void hal_stream::enqueue_gate(happening behind, std::function<void()> work) {
  if (worker_ == nullptr) worker_ = std::make_unique<hal::plugins::opencl::host_worker>(device);
  driver::result result = driver::CL_SUCCESS;
  const driver::event user = device.api.create_user_event(device.context, &result);
  device.check(result, "clCreateUserEvent");
  happening gate(device.api, user);
  driver::event made = nullptr;
  result = device.api.enqueue_barrier(native, 1, &gate.native(), &made);
  if (result != driver::CL_SUCCESS) {
    device.api.set_user_event_status(user, driver::complete);
    device.fail(result, "clEnqueueBarrierWithWaitList");
  }
  note(made);
  worker_->add(std::move(behind), std::move(work), std::move(gate));
  flush();
}

namespace hal::plugins::opencl {
namespace {

// The nearest of the three that there are.
driver::property priority_of(std::int32_t wanted) {
  if (wanted < 0) return driver::priority_high;
  return wanted > 0 ? driver::priority_low : driver::priority_medium;
}

driver::queue make_queue(hal_device &device, std::int32_t priority) {
  driver::result result = driver::CL_SUCCESS;
  driver::queue made = nullptr;
  if (device.able.has_priority && priority != 0) {
    const driver::property wanted[] = {driver::queue_properties, driver::queue_profiling,
                                       driver::queue_priority, priority_of(priority), 0};
    made = device.api.create_queue_with_properties(device.context, device.found.device, wanted, &result);
    device.check(result, fmt::format("clCreateCommandQueueWithProperties of priority {}", priority));
  } else {
    made = device.api.create_queue(device.context, device.found.device, driver::queue_profiling, &result);
    device.check(result, "clCreateCommandQueue");
  }
  return made;
}

template <typename Value>
Value queue_fact(hal_device &device, driver::queue queue, driver::queue_info which, const char *what) {
  Value value{};
  const driver::result told = device.api.get_queue_info(queue, which, sizeof value, &value, nullptr);
  if (told == driver::CL_INVALID_COMMAND_QUEUE) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The queue to adopt is none that {}'s driver knows.", device.name), told);
  }
  device.check(told, fmt::format("clGetCommandQueueInfo of {} of the queue to adopt", what));
  return value;
}

}  // namespace

void stream_entries::stream_create(hal_device *device, const hal_stream_options *options,
                                   hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  const auto given = plugin::input_record<hal_stream_options>::or_zeros(options, "The stream options");
  plugin::check_no_flags(given->flags, "The stream flags");
  const driver::queue native = make_queue(open, given->priority);
  std::unique_ptr<hal_stream> fresh;
  try {
    fresh = std::make_unique<hal_stream>(open, native, true, true);
  } catch (...) {
    open.api.release_queue(native);
    throw;
  }
  made = open.streams.insert(std::move(fresh));
}

void stream_entries::stream_adopt(hal_device *device, void *native, hal_stream **out_stream) {
  hal_device &open = open_for_work(device);
  hal_stream *&made = plugin::output(out_stream, "out_stream");
  plugin::check_pointer(native, "The queue to adopt");
  const auto given = static_cast<driver::queue>(native);
  const auto context = queue_fact<driver::context>(open, given, driver::queue_context, "the context");
  const auto owner = queue_fact<driver::device>(open, given, driver::queue_device, "the device");
  const auto properties = queue_fact<driver::bits>(open, given, driver::queue_properties, "the properties");
  if (context != open.context || owner != open.found.device) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The queue to adopt belongs to another context or device than this opening's.");
  }
  if ((properties & driver::queue_out_of_order) != 0)
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The queue to adopt runs out of order; a stream runs in order.");
  open.check(open.api.retain_queue(given), "clRetainCommandQueue");
  made = open.streams.insert(
      std::make_unique<hal_stream>(open, given, false, (properties & driver::queue_profiling) != 0));
}

void stream_entries::stream_destroy(hal_device *device, hal_stream *stream) {
  hal_device &open = checked(device);
  plugin::destroy(open, open.streams, stream);
}

void stream_entries::stream_synchronize(hal_stream *stream, std::uint64_t timeout) {
  hal_stream &open = open_outside_capture(stream, "stream_synchronize");
  hal_device &device = open.device;
  const happening given = open.everything();
  if (timeout == HAL_NO_TIMEOUT) {
    device.await(given);
    device.failed.check();
    return;
  }
  if (!plugin::wait_until(timeout, [&] { return device.answer(given) == HAL_STATUS_OK; }))
    throw plugin::timed_out("The stream", timeout);
}

hal_status stream_entries::stream_query(hal_stream *stream) {
  hal_stream &open = open_outside_capture(stream, "stream_query");
  return open.device.answer(open.everything());
}

void stream_entries::stream_wait_event(hal_stream *stream, hal_event *event) {
  hal_stream &open = open_outside_capture(stream, "stream_wait_event");
  const hal_event &awaited = checked(event);
  open.wait_for(awaited.current(), awaited.device);
  open.flush();
}

void stream_entries::stream_host_function(hal_stream *stream, hal_host_function function, void *user) {
  hal_stream &open = open_for_work(stream);
  if (function == nullptr) throw failure(HAL_STATUS_INVALID_ARGUMENT, "The host function is NULL.");
  submit(open, step_kind::host_function, nullptr,
         [=](hal_stream &on) { on.enqueue_host_work([=] { function(user); }); });
}

}  // namespace hal::plugins::opencl
