// An opened device and everything that was made from it.
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
#include "plugins/hip/api.hpp"
#include "plugins/hip/event.hpp"
#include "plugins/hip/graph.hpp"
#include "plugins/hip/memory.hpp"
#include "plugins/hip/module.hpp"
#include "plugins/hip/status.hpp"
#include "plugins/hip/stream.hpp"

struct hal_device {
  // `given` is the context that the program works in, or NULL: the runtime has one for each device.
  hal_device(std::uint32_t which, hal::plugins::hip::driver::context given);
  ~hal_device();
  hal_device(const hal_device &) = delete;
  hal_device &operator=(const hal_device &) = delete;

  // Throws unless the result is hipSuccess; `call` says what was tried. A code that ends the device
  // becomes the sticky failure of this device, which then is what is thrown.
  void check(hal::plugins::hip::driver::result result, std::string_view call) {
    if (result != hal::plugins::hip::driver::hipSuccess) [[unlikely]]
      fail(result, call);
  }
  [[noreturn]] void fail(hal::plugins::hip::driver::result result, std::string_view call);
  // Keeps a code that ends the device as the sticky failure; true when it is one.
  bool note(hal::plugins::hip::driver::result result, std::string_view call) noexcept;
  // The answer of a query: OK or NOT_READY. Throws otherwise.
  hal_status answer(hal::plugins::hip::driver::result result, std::string_view call);
  bool has(std::uint64_t feature) const noexcept { return (facts.features & feature) != 0; }
  // Waits until the streams of this device that are not being captured are idle; ends at a failure.
  void finish_streams(hal::plugins::hip::ending &told) noexcept;

  // Gives back what the device itself holds; nothing made from it lives.
  void end(hal::plugins::hip::ending &told) noexcept;

  const hal::plugins::hip::api &api;
  const std::uint32_t index;
  hal_device_description facts{};
  std::uint32_t plain_grid[3] = {};  // up to which any block keeps the items of an axis within 32 bits
  const hal::plugins::hip::driver::device native;
  hal::plugins::hip::driver::context context = nullptr;  // NULL where the runtime has none to tell
  std::string name;                                      // for messages: product and PCI address

  hal::plugin::sticky_failure failed;
  hal::plugins::hip::stream_pool pool;

  hal::plugin::handle_set<hal::plugins::hip::memory, hal_memory> memory{"memory"};
  hal::plugin::handle_set<hal_stream> streams{"stream"};
  hal::plugin::handle_set<hal_event> events{"event"};
  hal::plugin::handle_set<hal_module> modules{"module"};
  hal::plugin::handle_set<hal_graph> graphs{"graph"};
  hal::plugin::handle_set<hal_graph_executable> executables{"graph executable"};
  hal::plugins::hip::deferred_frees deferred;

  std::mutex peers_mutex;
  std::set<hal::plugins::hip::driver::device> peers;  // whose memory this opening was let use

 private:
  void find_context(hal::plugins::hip::driver::context given);
  void leave(hal::plugins::hip::ending &told) noexcept;

  bool ended_ = false;
};

namespace hal::plugins::hip {

// Makes the device the thread's current one, and puts back what was there. Costs one query when it is
// already.
class current_device {
 public:
  explicit current_device(hal_device &device) : api_(device.api) {
    device.check(api_.get_device(&before_), "hipGetDevice");
    if (before_ == device.native) [[likely]]
      return;
    device.check(api_.set_device(device.native), "hipSetDevice");
    changed_ = true;
  }
  ~current_device() {
    if (changed_) [[unlikely]]
      api_.set_device(before_);
  }
  current_device(const current_device &) = delete;
  current_device &operator=(const current_device &) = delete;

 private:
  const api &api_;
  driver::device before_ = 0;
  bool changed_ = false;
};

// Ends an object that was taken out of its set. Its destructor does the same for one that no entry ends.
template <typename Object>
void end(hal_device &device, Object &object) {
  ending told(device);
  object.end(told);
  told.check();
}

// current_device for what ends: does not throw, and says whether the device is current.
class current_device_or_none {
 public:
  explicit current_device_or_none(ending &told) noexcept : api_(told.device().api) {
    const driver::device wanted = told.device().native;
    const driver::result asked = api_.get_device(&before_);
    told(asked, "hipGetDevice");
    if (asked != driver::hipSuccess) return;
    current_ = before_ == wanted;
    if (current_) return;
    const driver::result set = api_.set_device(wanted);
    told(set, "hipSetDevice");
    current_ = changed_ = set == driver::hipSuccess;
  }
  ~current_device_or_none() {
    if (changed_) api_.set_device(before_);
  }
  current_device_or_none(const current_device_or_none &) = delete;
  current_device_or_none &operator=(const current_device_or_none &) = delete;

  explicit operator bool() const noexcept { return current_; }

 private:
  const api &api_;
  driver::device before_ = 0;
  bool current_ = false;
  bool changed_ = false;
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

}  // namespace hal::plugins::hip
