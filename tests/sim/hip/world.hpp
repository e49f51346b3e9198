// The stand-in runtime's records, under the lock of common/queue.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "plugins/hip/image.hpp"
#include "tests/sim/common/memory.hpp"
#include "tests/sim/common/queue.hpp"
#include "tests/sim/common/run.hpp"
#include "tests/sim/hip/config.hpp"

namespace sim {

using driver::result;

// A device; what fails, fails with it, until it is reset.
struct device_state : domain {
  int number = 0;
  driver::stream default_stream = nullptr;
  std::set<int> peers;
};

struct world {
  std::vector<std::unique_ptr<device_state>> devices;
  memory_book memory;
  std::set<driver::stream> streams;  // without the default ones
  std::set<driver::module> modules;
  std::uint64_t others = 0;  // events, graphs, executables, pools and imports that live
};
world &all();

// The current device's; 0 is the first.
int &current_number();
device_state &current();

// Begins every entry: answers the planned code; one that ends a device ends the current one.
result planned_result(const char *entry);
// The current device's failure.
result usable();
// What the thread is told by hipGetLastError.
result remember(result code);

// The stream's queue, or the current device's default one; NULL when there is no such stream. Under the lock.
driver::stream find_stream(driver::stream given);
// Runs or records; answers the failure of the stream's device.
result submit(driver::stream to, operation what);
bool is_captured(driver::stream given);

}  // namespace sim

namespace hal::plugins::hip::driver {

struct context_record {
  int device = 0;
};

struct stream_record : sim::queue {
  sim::device_state *device = nullptr;
};

struct event_record {
  sim::device_state *device = nullptr;
  bool timing = false;
  std::shared_ptr<sim::marker> stands_for;
};

struct function_record {
  module owner = nullptr;
  const hal_native_kernel *native = nullptr;
  image_kernel image;
};

struct module_record {
  sim::device_state *device = nullptr;
  std::map<std::string, std::unique_ptr<function_record>> functions;
};

struct graph_record {
  sim::recording operations;
};

struct graph_exec_record {
  sim::recording operations;
};

struct memory_pool_record {
  int device = 0;
};

}  // namespace hal::plugins::hip::driver

#define SIM_EXPORT extern "C" __attribute__((visibility("default")))
#define SIM_ENTER(symbol)                                                               \
  if (const auto planned = sim::planned_result(#symbol); planned != driver::hipSuccess) \
    return sim::remember(planned);
// The same for an entry that works on the current device.
#define SIM_ENTER_DEVICE(symbol) \
  SIM_ENTER(symbol)              \
  if (const auto state = sim::usable(); state != driver::hipSuccess) return sim::remember(state);
