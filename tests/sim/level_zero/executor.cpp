// What runs commands: one for each immediate list and each command queue. One that is not in order runs what
// stands before the next barrier backwards, so that whoever relies on the order of submission is found out.
#include <algorithm>
#include <optional>

#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

bool is_ready(const command &one) {
  return std::all_of(one.waits.begin(), one.waits.end(),
                     [](ze_event_handle_t event) { return event->signalled; });
}

// The command to run next; nothing: all that may run waits for events.
std::optional<std::size_t> choose(const executor &list) {
  if (list.queue.empty()) return std::nullopt;
  if (list.in_order) return is_ready(list.queue.front()) ? std::optional<std::size_t>(0) : std::nullopt;
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < list.queue.size(); ++i) {
    const command &one = list.queue[i];
    if (one.is_barrier) {
      // One that waits for events does not look back, one without waits for all before.
      const bool free = one.waits.empty() ? i == 0 : is_ready(one);
      if (free && !chosen) chosen = i;
      break;
    }
    if (is_ready(one)) chosen = i;
  }
  return chosen;
}

void serve(executor *self) {
  guard lock(all().mutex);
  for (;;) {
    std::optional<std::size_t> next;
    all().changed.wait(lock, [&] {
      // Destroyed with work in it: what the device would make of that is not said, here it is dropped.
      if (self->ending || self->context->error_of(self->device) != ZE_RESULT_SUCCESS) self->queue.clear();
      next = choose(*self);
      return next.has_value() || (self->ending && self->queue.empty());
    });
    if (!next) return;
    command work = self->queue[*next];
    lock.unlock();
    const ze_result_t done = work.run ? work.run() : ZE_RESULT_SUCCESS;
    lock.lock();
    // It stands in the queue until it is done, so that what looks back sees it.
    self->queue.erase(self->queue.begin() + static_cast<std::ptrdiff_t>(*next));
    if (done != ZE_RESULT_SUCCESS) {
      self->context->errors[self->device] = done;
    } else if (work.signal != nullptr) {
      work.signal->signalled = true;
    }
    all().changed.notify_all();
  }
}

}  // namespace

executor::executor(ze_context_handle_t of, ze_device_handle_t on, bool ordered)
    : context(of), device(on), in_order(ordered), thread(serve, this) {}

executor::~executor() {
  {
    const guard lock(all().mutex);
    ending = true;
    all().changed.notify_all();
  }
  thread.join();
}

ze_result_t executor::check(const command &what) const {
  if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  // An event that is in flight or was not reset would let somebody through too early.
  const bool is_used =
      what.signal != nullptr && (what.signal->signalled || what.signal->signaller != nullptr);
  return is_used ? ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT : ZE_RESULT_SUCCESS;
}

void executor::push(command what) {
  if (what.signal != nullptr) what.signal->signaller = device;
  queue.push_back(std::move(what));
  all().changed.notify_all();
}

}  // namespace sim
