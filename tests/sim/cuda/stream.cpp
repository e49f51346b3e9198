#include <algorithm>
#include <chrono>

#include "tests/sim/cuda/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace sim {
namespace {

// The thread of a stream: one piece of work after the other; a failed context runs nothing more.
void serve(driver::stream self) {
  guard lock(all().mutex);
  for (;;) {
    all().changed.wait(lock, [&] { return self->ending || !self->queue.empty(); });
    if (self->queue.empty()) return;
    const work next = std::move(self->queue.front());
    self->queue.pop_front();
    if (self->owner->error != CUDA_SUCCESS) {
      all().changed.notify_all();
      continue;
    }
    self->busy = true;
    lock.unlock();
    const result done = next();
    lock.lock();
    self->busy = false;
    if (done != CUDA_SUCCESS && self->owner->error == CUDA_SUCCESS) self->owner->error = done;
    all().changed.notify_all();
  }
}

}  // namespace

double now_milliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Under the lock.
static driver::stream make_stream(driver::context owner) {
  auto *made = new driver::stream_record;
  made->owner = owner;
  owner->streams.insert(made);
  all().streams.insert(made);
  made->thread = std::thread(serve, made);
  return made;
}

result find_stream(guard &, driver::stream given, driver::stream &found) {
  driver::context const now = current();
  if (given == nullptr) {
    if (now->default_stream == nullptr) now->default_stream = make_stream(now);
    given = now->default_stream;
  }
  if (all().streams.count(given) == 0) return CUDA_ERROR_INVALID_HANDLE;
  found = given;
  return given->owner->error;
}

result submit(driver::stream given, operation what) {
  guard lock(all().mutex);
  driver::stream on = nullptr;
  if (const result state = find_stream(lock, given, on); state != CUDA_SUCCESS) return state;
  if (on->capture != nullptr) {
    on->capture->operations.push_back(std::move(what));
  } else {
    on->queue.push_back(std::move(what.run));
    all().changed.notify_all();
  }
  return CUDA_SUCCESS;
}

static bool is_idle(const driver::stream one) {
  return one->owner->error != CUDA_SUCCESS || (one->queue.empty() && !one->busy);
}

void wait_for_idle(guard &lock) {
  all().changed.wait(lock, [] { return std::all_of(all().streams.begin(), all().streams.end(), is_idle); });
}

}  // namespace sim

SIM_EXPORT result cuStreamCreateWithPriority(stream *out, unsigned flags, int) {
  SIM_ENTER_CONTEXT(cuStreamCreateWithPriority)
  if (flags > 1) return CUDA_ERROR_INVALID_VALUE;
  const guard lock(all().mutex);
  *out = sim::make_stream(sim::current());
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuStreamDestroy_v2(stream given) {
  SIM_ENTER(cuStreamDestroy_v2)
  guard lock(all().mutex);
  if (all().streams.erase(given) == 0) return CUDA_ERROR_INVALID_HANDLE;
  const result state = given->owner->error;
  given->owner->streams.erase(given);
  given->ending = true;
  all().changed.notify_all();
  lock.unlock();
  given->thread.join();
  delete given->capture;
  delete given;
  return state;
}

SIM_EXPORT result cuStreamSynchronize(stream given) {
  SIM_ENTER_CONTEXT(cuStreamSynchronize)
  guard lock(all().mutex);
  stream on = nullptr;
  if (const result state = sim::find_stream(lock, given, on); state != CUDA_SUCCESS) return state;
  if (on->capture != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  all().changed.wait(lock, [&] { return sim::is_idle(on); });
  return on->owner->error;
}

SIM_EXPORT result cuStreamQuery(stream given) {
  SIM_ENTER_CONTEXT(cuStreamQuery)
  guard lock(all().mutex);
  stream on = nullptr;
  if (const result state = sim::find_stream(lock, given, on); state != CUDA_SUCCESS) return state;
  if (on->capture != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return sim::is_idle(on) ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

SIM_EXPORT result cuStreamGetCtx(stream given, context *out) {
  SIM_ENTER_CONTEXT(cuStreamGetCtx)
  const guard lock(all().mutex);
  if (given != nullptr && all().streams.count(given) == 0) return CUDA_ERROR_INVALID_HANDLE;
  *out = given == nullptr ? sim::current() : given->owner;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuStreamWaitEvent(stream given, event awaited, unsigned flags) {
  SIM_ENTER_CONTEXT(cuStreamWaitEvent)
  if (awaited == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  std::shared_ptr<sim::marker> until;
  {
    const guard lock(all().mutex);
    until = awaited->stands_for;
  }
  return sim::submit(given, {"wait", nullptr, [until] {
                               guard lock(all().mutex);
                               all().changed.wait(lock, [&] {
                                 return until == nullptr || until->reached ||
                                        until->context->error != CUDA_SUCCESS;
                               });
                               return CUDA_SUCCESS;
                             }});
}

SIM_EXPORT result cuLaunchHostFunc(stream given, host_function function, void *user) {
  SIM_ENTER_CONTEXT(cuLaunchHostFunc)
  if (function == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return sim::submit(given, {"host", nullptr, [function, user] {
                               function(user);
                               return CUDA_SUCCESS;
                             }});
}

SIM_EXPORT result cuEventCreate(event *out, unsigned flags) {
  SIM_ENTER_CONTEXT(cuEventCreate)
  if (flags > 7) return CUDA_ERROR_INVALID_VALUE;
  *out = new event_record{sim::current(), (flags & event_disable_timing) == 0, nullptr};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuEventDestroy_v2(event given) {
  SIM_ENTER(cuEventDestroy_v2)
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  delete given;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuEventRecord(event given, stream at) {
  SIM_ENTER_CONTEXT(cuEventRecord)
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  auto made = std::make_shared<sim::marker>();
  made->context = given->owner;
  const result accepted = sim::submit(at, {"event", nullptr, [made] {
                                             const guard lock(all().mutex);
                                             made->milliseconds = sim::now_milliseconds();
                                             made->reached = true;
                                             all().changed.notify_all();
                                             return CUDA_SUCCESS;
                                           }});
  if (accepted != CUDA_SUCCESS) return accepted;
  const guard lock(all().mutex);
  given->stands_for = std::move(made);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuEventQuery(event given) {
  SIM_ENTER_CONTEXT(cuEventQuery)
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  const guard lock(all().mutex);
  return given->stands_for == nullptr || given->stands_for->reached ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

SIM_EXPORT result cuEventSynchronize(event given) {
  SIM_ENTER_CONTEXT(cuEventSynchronize)
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  guard lock(all().mutex);
  const std::shared_ptr<sim::marker> until = given->stands_for;
  if (until == nullptr) return CUDA_SUCCESS;
  all().changed.wait(lock, [&] { return until->reached || until->context->error != CUDA_SUCCESS; });
  return until->context->error;
}

SIM_EXPORT result cuEventElapsedTime(float *out, event start, event end) {
  SIM_ENTER_CONTEXT(cuEventElapsedTime)
  if (start == nullptr || end == nullptr || !start->timing || !end->timing) return CUDA_ERROR_INVALID_HANDLE;
  const guard lock(all().mutex);
  if (start->stands_for == nullptr || end->stands_for == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!start->stands_for->reached || !end->stands_for->reached) return CUDA_ERROR_NOT_READY;
  *out = static_cast<float>(end->stands_for->milliseconds - start->stands_for->milliseconds);
  return CUDA_SUCCESS;
}
