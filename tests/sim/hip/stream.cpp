#include "tests/sim/hip/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;
using sim::queues;

namespace sim {

driver::stream find_stream(driver::stream given) {
  if (given == nullptr) {
    device_state &own = current();
    if (own.default_stream == nullptr) {
      own.default_stream = new driver::stream_record;
      own.default_stream->device = &own;
      start(*own.default_stream, own);
    }
    return own.default_stream;
  }
  return all().streams.count(given) == 0 ? nullptr : given;
}

result submit(driver::stream to, operation what) {
  const guard lock(queues().mutex);
  driver::stream on = find_stream(to);
  // What the real one answers for a stream that it does not know.
  if (on == nullptr) return remember(hipErrorContextIsDestroyed);
  if (on->device->error != 0) return remember(static_cast<result>(on->device->error));
  submit(static_cast<queue &>(*on), std::move(what));
  return hipSuccess;
}

bool is_captured(driver::stream given) {
  const guard lock(queues().mutex);
  driver::stream on = find_stream(given);
  return on != nullptr && on->capture != nullptr;
}

}  // namespace sim

namespace {

// The stream behind a handle, for a question that a capture forbids; under the lock.
result ask(stream given, stream &on) {
  on = sim::find_stream(given);
  if (on == nullptr) return hipErrorContextIsDestroyed;
  if (on->device->error != 0) return static_cast<result>(on->device->error);
  return on->capture != nullptr ? hipErrorStreamCaptureUnsupported : hipSuccess;
}

}  // namespace

SIM_EXPORT result hipStreamCreateWithPriority(stream *out, unsigned flags, int) {
  SIM_ENTER_DEVICE(hipStreamCreateWithPriority)
  if (flags > 1) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  auto *made = new stream_record;
  made->device = &sim::current();
  sim::start(*made, sim::current());
  all().streams.insert(made);
  *out = made;
  return hipSuccess;
}

SIM_EXPORT result hipStreamDestroy(stream given) {
  SIM_ENTER(hipStreamDestroy)
  guard lock(queues().mutex);
  if (all().streams.erase(given) == 0) return sim::remember(hipErrorContextIsDestroyed);
  const auto state = static_cast<result>(given->device->error);
  sim::finish(lock, *given);
  delete given;
  return sim::remember(state);
}

SIM_EXPORT result hipStreamSynchronize(stream given) {
  SIM_ENTER_DEVICE(hipStreamSynchronize)
  guard lock(queues().mutex);
  stream on = nullptr;
  if (const result state = ask(given, on); state != hipSuccess) return sim::remember(state);
  queues().changed.wait(lock, [&] { return sim::is_idle(*on); });
  return sim::remember(static_cast<result>(on->device->error));
}

SIM_EXPORT result hipStreamQuery(stream given) {
  SIM_ENTER_DEVICE(hipStreamQuery)
  const guard lock(queues().mutex);
  stream on = nullptr;
  if (const result state = ask(given, on); state != hipSuccess) return sim::remember(state);
  return sim::remember(sim::is_idle(*on) ? hipSuccess : hipErrorNotReady);
}

SIM_EXPORT result hipStreamGetFlags(stream given, unsigned *out) {
  SIM_ENTER_DEVICE(hipStreamGetFlags)
  const guard lock(queues().mutex);
  if (sim::find_stream(given) == nullptr) return sim::remember(hipErrorContextIsDestroyed);
  *out = given == nullptr ? 0 : stream_non_blocking;
  return hipSuccess;
}

SIM_EXPORT result hipStreamGetDevice(stream given, device *out) {
  SIM_ENTER_DEVICE(hipStreamGetDevice)
  const guard lock(queues().mutex);
  stream on = sim::find_stream(given);
  if (on == nullptr) return sim::remember(hipErrorContextIsDestroyed);
  *out = on->device->number;
  return hipSuccess;
}

SIM_EXPORT result hipStreamWaitEvent(stream given, event awaited, unsigned flags) {
  SIM_ENTER_DEVICE(hipStreamWaitEvent)
  if (awaited == nullptr || flags != 0) return sim::remember(hipErrorInvalidHandle);
  std::shared_ptr<sim::marker> until;
  {
    const guard lock(queues().mutex);
    until = awaited->stands_for;
  }
  return sim::submit(given, sim::await(std::move(until)));
}

SIM_EXPORT result hipLaunchHostFunc(stream given, host_function function, void *user) {
  SIM_ENTER_DEVICE(hipLaunchHostFunc)
  if (function == nullptr) return sim::remember(hipErrorInvalidValue);
  return sim::submit(given, {"host", nullptr, [function, user] {
                               function(user);
                               return 0;
                             }});
}

SIM_EXPORT result hipEventCreateWithFlags(event *out, unsigned flags) {
  SIM_ENTER_DEVICE(hipEventCreateWithFlags)
  if (flags > 7) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  *out = new event_record{&sim::current(), (flags & event_disable_timing) == 0, nullptr};
  ++all().others;
  return hipSuccess;
}

SIM_EXPORT result hipEventDestroy(event given) {
  SIM_ENTER(hipEventDestroy)
  if (given == nullptr) return sim::remember(hipErrorInvalidHandle);
  const guard lock(queues().mutex);
  delete given;
  --all().others;
  return hipSuccess;
}

SIM_EXPORT result hipEventRecord(event given, stream at) {
  SIM_ENTER_DEVICE(hipEventRecord)
  if (given == nullptr) return sim::remember(hipErrorInvalidHandle);
  auto made = std::make_shared<sim::marker>();
  made->within = given->device;
  {
    const guard lock(queues().mutex);
    stream on = sim::find_stream(at);
    if (on != nullptr && on->device != given->device) return sim::remember(hipErrorInvalidHandle);
  }
  if (const result accepted = sim::submit(at, sim::reach(made)); accepted != hipSuccess) return accepted;
  const guard lock(queues().mutex);
  given->stands_for = std::move(made);
  return hipSuccess;
}

SIM_EXPORT result hipEventQuery(event given) {
  SIM_ENTER_DEVICE(hipEventQuery)
  if (given == nullptr) return sim::remember(hipErrorInvalidHandle);
  const guard lock(queues().mutex);
  const bool happened = given->stands_for == nullptr || given->stands_for->reached;
  return sim::remember(happened ? hipSuccess : hipErrorNotReady);
}

SIM_EXPORT result hipEventSynchronize(event given) {
  SIM_ENTER_DEVICE(hipEventSynchronize)
  if (given == nullptr) return sim::remember(hipErrorInvalidHandle);
  guard lock(queues().mutex);
  const std::shared_ptr<sim::marker> until = given->stands_for;
  if (until == nullptr) return hipSuccess;
  sim::wait_for(lock, *until);
  return sim::remember(static_cast<result>(until->within->error));
}

SIM_EXPORT result hipEventElapsedTime(float *out, event start, event end) {
  SIM_ENTER_DEVICE(hipEventElapsedTime)
  if (start == nullptr || end == nullptr || !start->timing || !end->timing)
    return sim::remember(hipErrorInvalidHandle);
  const guard lock(queues().mutex);
  if (start->stands_for == nullptr || end->stands_for == nullptr) return sim::remember(hipErrorInvalidHandle);
  if (!start->stands_for->reached || !end->stands_for->reached) return sim::remember(hipErrorNotReady);
  *out = static_cast<float>(end->stands_for->milliseconds - start->stands_for->milliseconds);
  return hipSuccess;
}
