// The queues of a stand-in's devices: each runs one piece of work after the other on a thread of its own. One
// lock guards all records of a stand-in; work runs without it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace sim {

using guard = std::unique_lock<std::mutex>;

// What fails together, a context or a device: after the first failure nothing more of it runs, and everything
// that is asked of it answers the code. 0: no failure.
struct domain {
  int error = 0;
};

// What an event stands for: a place in a queue.
struct marker {
  const domain *within = nullptr;
  bool reached = false;
  double milliseconds = 0;
};

// One operation, submitted or recorded; `what` and `function` tell whether two recordings are of one kind.
struct operation {
  const char *what = "";
  const void *function = nullptr;
  std::function<int()> run;  // answers a code
};
using recording = std::vector<operation>;

struct queue {
  domain *owner = nullptr;
  std::deque<std::function<int()>> work;
  bool busy = false;
  bool ending = false;
  std::unique_ptr<recording> capture;  // not NULL: what is submitted is recorded
  std::thread thread;
};

struct queue_table {
  std::mutex mutex;
  std::condition_variable changed;
  std::set<queue *> all;
};
queue_table &queues();

// Under the lock, all of these.
void start(queue &made, domain &owner);
// Ends a queue once its work is done; gives the lock up meanwhile.
void finish(guard &lock, queue &ended);
void submit(queue &to, operation what);
void fail(domain &which, int code);
bool is_idle(const queue &one);
// Waits until nothing runs that has not failed.
void wait_for_idle(guard &lock);
void wait_for(guard &lock, const marker &awaited);

// The operations of events: reaching a marker, and waiting for one, NULL for nothing.
operation reach(std::shared_ptr<marker> made);
operation await(std::shared_ptr<marker> awaited);
// All of a recording, up to the first failure.
operation replay(recording operations);
bool same_kind(const recording &one, const recording &other);

}  // namespace sim
