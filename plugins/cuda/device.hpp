// An opened device: its context and everything that was made from it.
#pragma once

#include <cstdint>

#include "hal/plugin/native/device.hpp"
#include "plugins/cuda/event.hpp"
#include "plugins/cuda/graph.hpp"
#include "plugins/cuda/memory.hpp"
#include "plugins/cuda/module.hpp"
#include "plugins/cuda/stream.hpp"

struct hal_device : hal::plugin::native::device<hal::plugins::cuda::traits> {
  // Works in the device's primary context, or in `given` when that is not NULL.
  hal_device(std::uint32_t which, hal::plugins::cuda::driver::context given);
  ~hal_device();

  // Gives back what the device itself holds; nothing made from it lives.
  void end(ending &told) noexcept;

  const bool primary;  // the context is the device's own, which this retains

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
    device.check(api_.ctx_get_current(&now), driver::names::ctx_get_current);
    if (now == device.context) [[likely]]
      return;
    device.check(api_.ctx_push_current(device.context), driver::names::ctx_push_current);
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

// current_context for what ends: does not throw, and says whether the context is current.
class current_context_or_none {
 public:
  explicit current_context_or_none(ending &told) noexcept : api_(told.device().api) {
    const driver::context wanted = told.device().context;
    driver::context now = nullptr;
    const driver::result asked = api_.ctx_get_current(&now);
    told(asked, driver::names::ctx_get_current);
    if (asked != driver::CUDA_SUCCESS) return;
    current_ = now == wanted;
    if (current_) return;
    const driver::result pushed = api_.ctx_push_current(wanted);
    told(pushed, driver::names::ctx_push_current);
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

inline driver::context traits::peer_of(const hal_device &device) noexcept {
  return device.context;
}

inline const std::uint32_t *traits::max_grid(const hal_kernel &kernel) noexcept {
  return kernel.device->facts.max_grid;
}

using device_entries = plugin::native::device_entries<traits>;

}  // namespace hal::plugins::cuda
