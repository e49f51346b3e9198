// An opened device: its context and everything that was made from it.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/sticky.hpp"
#include "plugins/cuda/api.hpp"
#include "plugins/cuda/event.hpp"
#include "plugins/cuda/graph.hpp"
#include "plugins/cuda/memory.hpp"
#include "plugins/cuda/module.hpp"
#include "plugins/cuda/status.hpp"
#include "plugins/cuda/stream.hpp"

struct hal_device {
  // Works in the device's primary context, or in `given` when that is not NULL.
  hal_device(std::uint32_t which, hal::plugins::cuda::driver::context given);
  ~hal_device();
  hal_device(const hal_device &) = delete;
  hal_device &operator=(const hal_device &) = delete;

  // Throws unless the result is CUDA_SUCCESS; `call` says what was tried. A code that ends the context
  // becomes the sticky failure of this device, which then is what is thrown.
  void check(hal::plugins::cuda::driver::result result, std::string_view call) {
    if (result != hal::plugins::cuda::driver::CUDA_SUCCESS) [[unlikely]]
      fail(result, call);
  }
  [[noreturn]] void fail(hal::plugins::cuda::driver::result result, std::string_view call);
  // Keeps a code that ends the context as the sticky failure; true when it is one.
  bool note(hal::plugins::cuda::driver::result result, std::string_view call) noexcept;
  // The answer of a query: OK or NOT_READY. Throws otherwise.
  hal_status answer(hal::plugins::cuda::driver::result result, std::string_view call);
  bool has(std::uint64_t feature) const noexcept { return (facts.features & feature) != 0; }
  // Waits until the streams of this device that are not being captured are idle; ends at a failure.
  void finish_streams(hal::plugins::cuda::ending &told) noexcept;

  // Gives back what the device itself holds; nothing made from it lives.
  void end(hal::plugins::cuda::ending &told) noexcept;

  const hal::plugins::cuda::api &api;
  const std::uint32_t index;
  hal_device_description facts{};
  hal::plugins::cuda::driver::device native = 0;
  hal::plugins::cuda::driver::context context = nullptr;
  const bool primary;  // the context is the device's own, which this retains
  std::string name;    // for messages: product and PCI address

  hal::plugin::sticky_failure failed;
  hal::plugins::cuda::stream_pool pool;

  hal::plugin::handle_set<hal::plugins::cuda::memory, hal_memory> memory{"memory"};
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};
  hal::plugins::cuda::deferred_frees deferred;

  std::mutex peers_mutex;
  std::set<hal::plugins::cuda::driver::context> peers;  // whose memory this opening was let use

 private:
  void make_context(hal::plugins::cuda::driver::context given);
};

namespace hal::plugins::cuda {

// Makes the device's context the thread's current one, and puts back what was there. Costs one query when it
// is already.
class current_context {
 public:
  explicit current_context(hal_device &device) : api_(device.api) {
    driver::context now = nullptr;
    device.check(api_.ctx_get_current(&now), "cuCtxGetCurrent");
    if (now == device.context) [[likely]]
      return;
    device.check(api_.ctx_push_current(device.context), "cuCtxPushCurrent");
    pushed_ = true;
  }
  ~current_context() {
    if (!pushed_) [[likely]]
      return;
    driver::context popped = nullptr;
    api_.ctx_pop_current(&popped);
  }
  current_context(const current_context &) = delete;
  current_context &operator=(const current_context &) = delete;

 private:
  const api &api_;
  bool pushed_ = false;
};

// Ends an object that was taken out of its set. Its destructor does the same for one that no entry ends.
template <typename Object>
void end(hal_device &device, Object &object) {
  ending told(device);
  object.end(told);
  told.check();
}

// current_context for what ends: does not throw, and says whether the context is current.
class current_context_or_none {
 public:
  explicit current_context_or_none(ending &told) noexcept : api_(told.device().api) {
    const driver::context wanted = told.device().context;
    driver::context now = nullptr;
    const driver::result asked = api_.ctx_get_current(&now);
    told(asked, "cuCtxGetCurrent");
    if (asked != driver::CUDA_SUCCESS) return;
    current_ = now == wanted;
    if (current_) return;
    const driver::result pushed = api_.ctx_push_current(wanted);
    told(pushed, "cuCtxPushCurrent");
    current_ = pushed_ = pushed == driver::CUDA_SUCCESS;
  }
  ~current_context_or_none() {
    driver::context popped = nullptr;
    if (pushed_) api_.ctx_pop_current(&popped);
  }
  current_context_or_none(const current_context_or_none &) = delete;
  current_context_or_none &operator=(const current_context_or_none &) = delete;

  explicit operator bool() const noexcept { return current_; }

 private:
  const api &api_;
  bool current_ = false;
  bool pushed_ = false;
};

inline hal_stream &open_for_work(hal_stream *stream) {
  if (stream == nullptr || stream->device.failed.failed()) [[unlikely]]
    fail_stream(stream);
  return *stream;
}

hal_device *open_device(std::uint32_t index, void *native_context);

// Table entries; the contract is hal/abi/device.h.
struct device_entries {
  static void device_close(hal_device *device);
  static void device_synchronize(hal_device *device, std::uint64_t timeout);
  static void native_handle(hal_device *device, hal_object_kind kind, const void *object, void **out_native);
};

// The device behind a handle that must not be NULL.
hal_device &checked(hal_device *device);
// The same, for work and allocations: throws the sticky failure of a device that has failed.
hal_device &open_for_work(hal_device *device);
// Throws HAL_STATUS_UNSUPPORTED when the device lacks the feature; `what` begins the sentence.
void check_feature(const hal_device &device, std::uint64_t feature, const char *what);

}  // namespace hal::plugins::cuda
