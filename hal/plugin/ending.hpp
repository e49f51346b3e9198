// What the layer below answers while something ends: each call is made, whatever the one before it answered.
// A failure of the device becomes its sticky one at once; the first other refusal is kept, to be the entry's
// answer.
#pragma once

#include <memory>
#include <string_view>

#include "hal/plugin/objects.hpp"

namespace hal::plugin {

// `Device` has note(Result, std::string_view) noexcept, which keeps a result that ends the device and says
// whether it was one, and fail(Result, std::string_view), which throws. Results convert to bool-like numbers:
// 0 is success.
template <typename Device, typename Result>
class ending {
 public:
  explicit ending(Device &device) noexcept : device_(device) {}

  // `call` lives as long as this.
  void operator()(Result result, std::string_view call) noexcept {
    if (result == Result{} || device_.note(result, call) || refused_ != Result{}) return;
    refused_ = result;
    call_ = call;
  }
  // Throws the refusal, if there was one.
  void check() const {
    if (refused_ != Result{}) device_.fail(refused_, call_);
  }
  Device &device() const noexcept { return device_; }

 private:
  Device &device_;
  Result refused_{};
  std::string_view call_;
};

// For objects that have end(ending &) noexcept, and devices that name their kind of ending `ending`.

// Ends an object that was taken out of its set. Its destructor does the same for one that no entry ends.
template <typename Device, typename Object>
void end(Device &device, Object &object) {
  typename Device::ending told(device);
  object.end(told);
  told.check();
}

// An entry that destroys: whatever the layer below refuses, the handle is gone.
template <typename Device, typename Set, typename Handle>
void destroy(Device &device, Set &set, Handle *handle) {
  const auto ended = set.take(handle);
  end(device, *ended);
}

// device_close.
template <typename Device>
void close(Device *device) {
  const std::unique_ptr<Device> closed = open_devices<Device>().take(device, check_unused<Device>);
  end(*closed, *closed);
}

}  // namespace hal::plugin
