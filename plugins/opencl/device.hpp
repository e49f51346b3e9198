// An opened device: its context and everything that was made from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "hal/abi/plugin.h"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/memory.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/sticky.hpp"
#include "plugins/opencl/api.hpp"
#include "plugins/opencl/describe.hpp"
#include "plugins/opencl/event.hpp"
#include "plugins/opencl/graph.hpp"
#include "plugins/opencl/memory.hpp"
#include "plugins/opencl/module.hpp"
#include "plugins/opencl/status.hpp"
#include "plugins/opencl/stream.hpp"

struct hal_device {
  using ending = hal::plugins::opencl::ending;

  // Works in a context of its own, or in `given` when that is not NULL. A context for each opening: what
  // fails in one does not reach another, and no driver has to place memory on devices that never use it.
  hal_device(std::uint32_t which, hal::plugins::opencl::driver::context given);
  ~hal_device();
  hal_device(const hal_device &) = delete;
  hal_device &operator=(const hal_device &) = delete;

  // Throws unless the result is CL_SUCCESS; `call` says what was tried. A code that ends the device becomes
  // its sticky failure, which then is what is thrown.
  void check(hal::plugins::opencl::driver::result result, std::string_view call) {
    if (result != hal::plugins::opencl::driver::CL_SUCCESS) [[unlikely]]
      fail(result, call);
  }
  [[noreturn]] void fail(hal::plugins::opencl::driver::result result, std::string_view call);
  // The same for the outcome of work that was accepted: it failed when it ran, which is sticky whatever the
  // code.
  [[noreturn]] void fail_work(hal::plugins::opencl::driver::result result, std::string_view call);
  // Makes a code that ends the device its sticky failure; false for others.
  bool note(hal::plugins::opencl::driver::result result, std::string_view call) noexcept;
  // OK or NOT_READY. Throws when the work failed.
  hal_status answer(const hal::plugins::opencl::happening &work);
  // Waits for it. Throws when the work failed.
  void await(const hal::plugins::opencl::happening &work);
  bool has(std::uint64_t feature) const noexcept { return (facts.features & feature) != 0; }
  // Waits until the queues of this device are idle, unless one of them will never be.
  void finish_queues(hal::plugins::opencl::ending &told) noexcept;
  // Gives back what the driver made.
  void end(hal::plugins::opencl::ending &told) noexcept;

  const std::uint32_t index;
  const hal::plugins::opencl::found_device found;
  const hal::plugins::opencl::driver::entries api;
  const hal::plugins::opencl::abilities able;
  hal_device_description facts{};
  std::string name;  // for messages: product and PCI address
  hal::plugins::opencl::driver::context context = nullptr;
  hal::plugins::opencl::driver::queue service = nullptr;  // for mapping, which has no stream

  hal::plugin::sticky_failure failed;
  std::atomic<std::uint32_t> open_gates = 0;  // queues that wait for work of the host's
  std::atomic<bool> stuck = false;            // one of them would not open: what is behind it never ends

  hal::plugin::handle_set<hal::plugins::opencl::memory, hal_memory> memory{"memory"};
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};
  hal::plugins::opencl::deferred_frees deferred;

 private:
  void take_context(hal::plugins::opencl::driver::context given);
};

namespace hal::plugins::opencl {

using plugin::check_feature;
using plugin::check_not_capturing;
using plugin::checked;
using plugin::checked_memory;
using plugin::open_for_work;
using plugin::open_outside_capture;

// Table entries; the contract is hal/abi/device.h.
struct device_entries {
  static void device_close(hal_device *device);
  static void device_synchronize(hal_device *device, std::uint64_t timeout);
  static void native_handle(hal_device *device, hal_object_kind kind, const void *object, void **out_native);
};

}  // namespace hal::plugins::opencl
