// An opened device: its context and everything that was made from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/memory.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/sticky.hpp"
#include "plugins/level_zero/context.hpp"
#include "plugins/level_zero/describe.hpp"
#include "plugins/level_zero/event.hpp"
#include "plugins/level_zero/graph.hpp"
#include "plugins/level_zero/memory.hpp"
#include "plugins/level_zero/module.hpp"
#include "plugins/level_zero/status.hpp"
#include "plugins/level_zero/stream.hpp"

struct hal_device {
  using ending = hal::plugins::level_zero::ending;

  // Works in the context that openings of the driver's devices share, or in `given` when that is not NULL.
  hal_device(std::uint32_t which, hal::plugins::level_zero::driver::context given);
  ~hal_device();
  hal_device(const hal_device &) = delete;
  hal_device &operator=(const hal_device &) = delete;

  // Throws unless the result is ZE_RESULT_SUCCESS; `call` says what was tried. A code that ends the device
  // becomes the sticky failure of this opening, which then is what is thrown.
  void check(hal::plugins::level_zero::driver::result result, std::string_view call) {
    if (result != hal::plugins::level_zero::driver::ZE_RESULT_SUCCESS) [[unlikely]]
      fail(result, call);
  }
  [[noreturn]] void fail(hal::plugins::level_zero::driver::result result, std::string_view call);
  // Keeps a result that ends the device as the sticky failure; true when it is one.
  bool note(hal::plugins::level_zero::driver::result result, std::string_view call) noexcept;
  // Whatever the code is, nothing can go on after it: it becomes the sticky failure.
  void fail_for_good(hal::plugins::level_zero::driver::result result, std::string_view call) noexcept;
  bool has(std::uint64_t feature) const noexcept { return (facts.features & feature) != 0; }
  // Waits until the work that the device's streams were given before is done; ends at a failure.
  void finish_streams(hal::plugins::level_zero::ending &told) noexcept;
  // Gives the driver what was freed in the order of streams that are past it by now; false when that is
  // nothing. Does not wait.
  bool release_freed();

  // Gives back what the device itself holds; nothing made from it lives.
  void end(hal::plugins::level_zero::ending &told) noexcept;

  const hal::plugins::level_zero::api &api;
  const std::uint32_t index;
  const hal::plugins::level_zero::found_device found;
  const hal::plugins::level_zero::driver::device native;
  hal_device_description facts{};
  std::string name;  // for messages: product and PCI address
  hal::plugins::level_zero::queue_groups groups;
  hal::plugins::level_zero::device_clock clock;
  hal::plugins::level_zero::host_import host_import;
  std::uint64_t native_max_allocation = 0;  // beyond it the driver is told that more is meant
  std::shared_ptr<hal::plugins::level_zero::shared_context> context;

  hal::plugin::sticky_failure failed;

  hal::plugin::handle_set<hal::plugins::level_zero::memory, hal_memory> memory{"memory"};
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};

  // A stream of the plugin's own for what other devices' streams need of this one; under helper_mutex.
  hal_stream &helper();
  std::mutex helper_mutex;

  std::mutex peers_mutex;
  std::set<const hal_device *> peers;     // whose memory this opening was let use
  std::atomic<std::uint32_t> guests = 0;  // openings that were let use this one's memory

 private:
  std::once_flag helper_once_;
  std::unique_ptr<hal_stream> helper_;
  bool ended_ = false;
};

template <typename Append, typename Describe>
void hal_stream::submit(Append &&append, Describe &&call) {
  using hal::plugins::level_zero::driver::result;
  const std::lock_guard lock(lock_);
  result answered = order();
  if (answered == result::ZE_RESULT_SUCCESS) [[likely]]
    answered = append(native);
  if (answered != result::ZE_RESULT_SUCCESS) [[unlikely]]
    device.fail(answered, call());
  unordered_ = true;
  ++submitted_;
}

namespace hal::plugins::level_zero {

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

// Marks behind everything that the streams of every opening in the context were given: for memory that others
// may use. A stream that fails is left out: it runs nothing more.
std::vector<mark_ref> ends_of_all_streams(const shared_context &context) noexcept;

}  // namespace hal::plugins::level_zero
