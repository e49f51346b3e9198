// The stand-in driver's records. One lock guards all of them; work runs on a thread of each stream, without
// the lock.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "plugins/cuda/image.hpp"
#include "tests/sim/common/run.hpp"
#include "tests/sim/cuda/config.hpp"

namespace sim {

using driver::result;
using work = std::function<result()>;

// What an event stands for: a place in a stream.
struct marker {
  driver::context context = nullptr;
  bool reached = false;
  double milliseconds = 0;
};

enum class owner { device, pool, host, managed, registered, mapping, external };

struct allocation {
  owner made_by = owner::device;
  std::size_t size = 0;
  int device = 0;
  driver::context context = nullptr;
  std::uint64_t handle = 0;  // of owner::mapping
};

// One operation of a graph; `what` and `function` tell whether two graphs are of one kind.
struct operation {
  const char *what = "";
  const void *function = nullptr;
  work run;
};

struct world {
  std::mutex mutex;
  std::condition_variable changed;
  bool initialised = false;
  std::vector<driver::context> primaries;  // one place for each device; NULL: not active
  std::vector<int> primary_references;
  std::vector<std::uint64_t> used;  // bytes of each device
  std::map<std::uint64_t, allocation> allocations;
  std::set<driver::stream> streams;
  std::map<std::uint64_t, int> handles;  // of cuMemCreate: descriptors
  std::map<std::uint64_t, std::size_t> reservations;
  std::uint64_t left_behind = 0;  // objects that a context still had when it ended
};
world &all();
using guard = std::unique_lock<std::mutex>;

// The thread's current context; NULL when there is none.
driver::context current();
std::vector<driver::context> &context_stack();

// Answers what stands in the way of any call that needs a context: none current, or a failed one.
result usable();
// The same for a stream: of the current or its own context; NULL is the default stream.
result find_stream(guard &lock, driver::stream given, driver::stream &found);

// Runs `run` on the stream, or records it.
result submit(driver::stream stream, operation what);

// The allocation that holds the whole range; NULL when none does. Under the lock.
const allocation *find(std::uint64_t address, std::uint64_t size, std::uint64_t *base = nullptr);
// Waits until nothing runs in any context that has not failed.
void wait_for_idle(guard &lock);
double now_milliseconds();

// What the compiler of the driver says of PTX for the current context's device.
struct verdict {
  result code = driver::CUDA_SUCCESS;
  std::string log;
};
verdict judge_ptx(std::string_view text);
// Into the buffer for errors among the options, if there is one.
void write_log(unsigned count, const driver::jit_option *options, void **values, const std::string &log);

}  // namespace sim

namespace hal::plugins::cuda::driver {

struct context_record {
  int device = 0;
  bool primary = false;
  result error = CUDA_SUCCESS;
  stream default_stream = nullptr;
  std::set<stream> streams;
  std::set<context> peers;
  std::set<module> modules;
};

struct stream_record {
  context owner = nullptr;
  std::deque<sim::work> queue;
  bool busy = false;
  bool ending = false;
  graph capture = nullptr;
  std::thread thread;
};

struct event_record {
  context owner = nullptr;
  bool timing = false;
  std::shared_ptr<sim::marker> stands_for;
};

struct function_record {
  module owner = nullptr;
  const hal_native_kernel *native = nullptr;
  image_kernel image;
  int dynamic_shared = 48 * 1024;
};

struct module_record {
  context owner = nullptr;
  std::map<std::string, std::unique_ptr<function_record>> functions;
};

struct graph_record {
  std::vector<sim::operation> operations;
};

struct graph_exec_record {
  std::vector<sim::operation> operations;
};

struct memory_pool_record {
  int device = 0;
};

struct external_memory_record {
  int descriptor = -1;
  std::size_t size = 0;
};

}  // namespace hal::plugins::cuda::driver

#define SIM_EXPORT extern "C" __attribute__((visibility("default")))
// Begins every entry.
#define SIM_ENTER(symbol) \
  if (const auto planned = sim::planned_result(#symbol); planned != driver::CUDA_SUCCESS) return planned;
// The same for an entry that works in the current context.
#define SIM_ENTER_CONTEXT(symbol) \
  SIM_ENTER(symbol)               \
  if (const auto state = sim::usable(); state != driver::CUDA_SUCCESS) return state;

namespace sim {
// enter(), where a planned code that ends a context also ends the current one.
result planned_result(const char *entry);
}  // namespace sim
