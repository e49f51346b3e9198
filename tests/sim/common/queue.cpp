#include "tests/sim/common/queue.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace sim {
namespace {

double now_milliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void serve(queue *self) {
  guard lock(queues().mutex);
  for (;;) {
    queues().changed.wait(lock, [&] { return self->ending || !self->work.empty(); });
    if (self->work.empty()) return;
    const auto next = std::move(self->work.front());
    self->work.pop_front();
    if (self->owner->error != 0) {
      queues().changed.notify_all();
      continue;
    }
    self->busy = true;
    lock.unlock();
    const int done = next();
    lock.lock();
    self->busy = false;
    if (done != 0) fail(*self->owner, done);
    queues().changed.notify_all();
  }
}

}  // namespace

queue_table &queues() {
  // Never destroyed: a driver outlives the program's exit handlers.
  static auto &all = *new queue_table;
  return all;
}

void start(queue &made, domain &owner) {
  made.owner = &owner;
  queues().all.insert(&made);
  made.thread = std::thread(serve, &made);
}

void finish(guard &lock, queue &ended) {
  queues().all.erase(&ended);
  ended.ending = true;
  queues().changed.notify_all();
  lock.unlock();
  ended.thread.join();
  lock.lock();
}

void submit(queue &to, operation what) {
  if (to.capture != nullptr) {
    to.capture->push_back(std::move(what));
    return;
  }
  to.work.push_back(std::move(what.run));
  queues().changed.notify_all();
}

void fail(domain &which, int code) {
  if (which.error == 0) which.error = code;
  queues().changed.notify_all();
}

bool is_idle(const queue &one) {
  return one.owner->error != 0 || (one.work.empty() && !one.busy);
}

void wait_for_idle(guard &lock) {
  queues().changed.wait(lock, [] {
    return std::all_of(queues().all.begin(), queues().all.end(),
                       [](const queue *one) { return is_idle(*one); });
  });
}

void wait_for(guard &lock, const marker &awaited) {
  queues().changed.wait(lock, [&] { return awaited.reached || awaited.within->error != 0; });
}

operation reach(std::shared_ptr<marker> made) {
  return {"event", nullptr, [made = std::move(made)] {
            const guard lock(queues().mutex);
            made->milliseconds = now_milliseconds();
            made->reached = true;
            queues().changed.notify_all();
            return 0;
          }};
}

operation await(std::shared_ptr<marker> awaited) {
  return {"wait", nullptr, [awaited = std::move(awaited)] {
            guard lock(queues().mutex);
            if (awaited != nullptr) wait_for(lock, *awaited);
            return 0;
          }};
}

operation replay(recording operations) {
  return {"graph", nullptr, [operations = std::move(operations)] {
            for (const operation &one : operations) {
              if (const int done = one.run(); done != 0) return done;
            }
            return 0;
          }};
}

bool same_kind(const recording &one, const recording &other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const auto &left, const auto &right) {
                      return std::strcmp(left.what, right.what) == 0 && left.function == right.function;
                    });
}

}  // namespace sim
