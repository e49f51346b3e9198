// An opened device and everything that was made from it.
#pragma once

#include <cstdint>

#include "hal/plugin/native/device.hpp"
#include "plugins/hip/event.hpp"
#include "plugins/hip/graph.hpp"
#include "plugins/hip/memory.hpp"
#include "plugins/hip/module.hpp"
#include "plugins/hip/stream.hpp"

struct hal_device : hal::plugin::native::device<hal::plugins::hip::traits> {
  // `given` is the context that the program works in, or NULL: the runtime has one for each device.
  hal_device(std::uint32_t which, hal::plugins::hip::driver::context given);
  ~hal_device();

  // Gives back what the device itself holds; nothing made from it lives.
  void end(ending &told) noexcept;

  std::uint32_t plain_grid[3] = {};  // up to which any block keeps the items of an axis within 32 bits

 private:
  void find_context(hal::plugins::hip::driver::context given);
  void leave(ending &told) noexcept;

  bool ended_ = false;
};

namespace hal::plugins::hip {

// Makes the device the thread's current one, and puts back what was there. Costs one query when it is
// already.
class current_device {
 public:
  explicit current_device(hal_device &device) : api_(device.api) {
    device.check(api_.get_device(&before_), driver::names::get_device);
    if (before_ == device.native) [[likely]]
      return;
    device.check(api_.set_device(device.native), driver::names::set_device);
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

// current_device for what ends: does not throw, and says whether the device is current.
class current_device_or_none {
 public:
  explicit current_device_or_none(ending &told) noexcept : api_(told.device().api) {
    const driver::device wanted = told.device().native;
    const driver::result asked = api_.get_device(&before_);
    told(asked, driver::names::get_device);
    if (asked != driver::hipSuccess) return;
    current_ = before_ == wanted;
    if (current_) return;
    const driver::result set = api_.set_device(wanted);
    told(set, driver::names::set_device);
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

inline driver::device traits::peer_of(const hal_device &device) noexcept {
  return device.native;
}

inline const std::uint32_t *traits::max_grid(const hal_kernel &kernel) noexcept {
  return kernel.device->plain_grid;
}

using device_entries = plugin::native::device_entries<traits>;

}  // namespace hal::plugins::hip
