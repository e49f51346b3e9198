// The stand-in driver's records, which are what its handles point to. One lock guards all of them; commands
// run on a thread of each immediate list and each queue, without the lock.
#pragma once

#include <level_zero/ze_api.h>
#include <level_zero/zes_api.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "plugins/level_zero/image.hpp"
#include "tests/sim/common/run.hpp"
#include "tests/sim/level_zero/config.hpp"

#define SIM_EXPORT extern "C" __attribute__((visibility("default")))

struct _ze_driver_handle_t {};

struct _ze_device_handle_t {
  std::uint32_t index = 0;
  const sim::device_config *config = nullptr;
  _ze_device_handle_t *whole = nullptr;  // of a tile
  std::uint32_t tile = 0;
  std::vector<std::unique_ptr<_ze_device_handle_t>> tiles;
  std::uint64_t used = 0;  // of the whole's memory
  bool lost = false;
  std::uint64_t limit() const { return whole != nullptr ? config->memory / config->tiles : config->memory; }
  _ze_device_handle_t *card() { return whole != nullptr ? whole : this; }
};

struct _ze_context_handle_t {
  int lists = 0;  // a list that is never destroyed keeps the context's record
  std::map<ze_device_handle_t, ze_result_t> errors;  // of its commands on a device
  ze_result_t error_of(ze_device_handle_t device) const {
    if (device->card()->lost) return ZE_RESULT_ERROR_DEVICE_LOST;
    const auto found = errors.find(device);
    return found == errors.end() ? ZE_RESULT_SUCCESS : found->second;
  }
};

struct _ze_event_pool_handle_t {
  ze_context_handle_t context = nullptr;
  std::uint32_t count = 0;
};

struct _ze_event_handle_t {
  ze_event_pool_handle_t pool = nullptr;
  bool signalled = false;
  ze_device_handle_t signaller = nullptr;  // whose command will signal it
};

namespace sim {

struct command {
  std::function<ze_result_t()> run;
  bool is_barrier = false;
  std::vector<ze_event_handle_t> waits;
  ze_event_handle_t signal = nullptr;
};

struct allocation {
  ze_memory_type_t type = ZE_MEMORY_TYPE_UNKNOWN;
  std::size_t size = 0;
  ze_device_handle_t device = nullptr;
  ze_context_handle_t context = nullptr;
  int descriptor = -1;  // of an anonymous file whose pages it is
  bool is_imported = false;
};

struct world {
  std::mutex mutex;
  std::condition_variable changed;
  _ze_driver_handle_t driver;
  std::vector<std::unique_ptr<_ze_device_handle_t>> devices;
  std::set<ze_context_handle_t> contexts;
  std::map<std::uintptr_t, allocation> allocations;
  std::set<std::uintptr_t> imported_host;
  std::int64_t objects = 0;  // made and not destroyed
};
world &all();
using guard = std::unique_lock<std::mutex>;

// Counts the call; answers the planned code, or ZE_RESULT_SUCCESS. A planned ZE_RESULT_ERROR_DEVICE_LOST
// loses the first device.
ze_result_t enter(const char *entry);

std::uint64_t timestamp_of(ze_device_handle_t device);

// The allocation that holds the address; under the lock.
const allocation *find(const void *address, std::uintptr_t *base = nullptr);

struct launch_request {
  const hal_native_kernel *native = nullptr;
  launch_shape shape{};
  std::vector<std::vector<std::byte>> values;   // of shared memory: its pointer
  std::vector<std::vector<std::byte>> scratch;  // what those point to
};
// Runs commands on a thread of its own.
struct executor {
  executor(ze_context_handle_t of, ze_device_handle_t on, bool ordered);
  // What still waits is dropped: what a device would make of that is not said.
  ~executor();

  // Under the lock, both: why the command cannot be pushed, and pushing it.
  ze_result_t check(const command &what) const;
  void push(command what);

  const ze_context_handle_t context;
  const ze_device_handle_t device;
  const bool in_order;
  std::deque<command> queue;
  bool ending = false;
  std::thread thread;
};

// The launch with the kernel's arguments as they are now.
ze_result_t prepare(ze_kernel_handle_t kernel, const ze_group_count_t &groups, ze_device_handle_t device,
                    launch_request &out);

}  // namespace sim

struct _ze_command_list_handle_t {
  ze_context_handle_t context = nullptr;
  ze_device_handle_t device = nullptr;
  std::uint32_t ordinal = 0;
  std::unique_ptr<sim::executor> runs = nullptr;  // of an immediate list
  // Of the others:
  std::vector<sim::command> recorded = {};
  bool closed = false;
  bool in_flight = false;
};

struct _ze_command_queue_handle_t {
  std::uint32_t ordinal = 0;
  sim::executor runs;
};

struct _ze_fence_handle_t {
  ze_command_queue_handle_t queue = nullptr;
  bool signalled = false;
};

struct _ze_module_build_log_handle_t {
  std::string text;
};

struct _ze_module_handle_t {
  ze_context_handle_t context = nullptr;
  ze_device_handle_t device = nullptr;
  hal::plugins::level_zero::image image;
  std::vector<std::byte> bytes;
};

struct _ze_kernel_handle_t {
  ze_module_handle_t module = nullptr;
  const hal::plugins::level_zero::image_kernel *image = nullptr;
  const hal_native_kernel *native = nullptr;
  std::uint32_t group[3] = {0, 0, 0};
  struct argument {
    bool is_set = false;
    std::size_t shared = 0;
    std::vector<std::byte> bytes;
  };
  std::vector<argument> arguments;
};

// Begins every entry.
#define SIM_ENTER(symbol) \
  if (const ze_result_t planned = sim::enter(#symbol); planned != ZE_RESULT_SUCCESS) return planned;
