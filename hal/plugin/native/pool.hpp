// Memory in stream order: the pool that it comes from, and what the API cannot free in stream order.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "hal/abi/description.h"
#include "hal/plugin/ending.hpp"

namespace hal::plugin::native {

// Where a device's own memory is, for records about it. The vendor adds location, a record of a type and a
// device's number, and location_device, its type.
template <typename Vendor>
typename Vendor::location location_of(const typename Vendor::device &device) noexcept {
  return {Vendor::location_device, device.native};
}

// A pool of the opening's own, so that its settings are not the program's. The vendor adds native_pool;
// pool_properties, a record with `type`, `handle_types` and `where`; allocation_pinned and handle_none, of
// the former two; pool_release_threshold, an attribute.
template <typename Vendor>
class stream_pool {
 public:
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;
  using names = typename Vendor::names;

  // Does nothing where the device has no pools.
  void open(typename Vendor::device &device) {
    if (!device.has(HAL_FEATURE_STREAM_ALLOCATION)) return;
    typename Vendor::pool_properties wanted{};
    wanted.type = Vendor::allocation_pinned;
    wanted.handle_types = Vendor::handle_none;
    wanted.where = location_of<Vendor>(device);
    device.check(device.api.mem_pool_create(&native_, &wanted), names::mem_pool_create);
    // The default gives everything back at each wait, which makes the next allocation slow.
    std::uint64_t keep = UINT64_MAX;
    const auto set = device.api.mem_pool_set_attribute(native_, Vendor::pool_release_threshold, &keep);
    if (set == Vendor::success) return;
    ending ignored(device);
    close(ignored);
    device.fail(set, std::string(names::mem_pool_set_attribute) + " of the release threshold");
  }
  void close(ending &told) noexcept {
    if (native_ != nullptr) told(told.device().api.mem_pool_destroy(native_), names::mem_pool_destroy);
    native_ = nullptr;
  }
  // Gives what no allocation uses back to the API.
  void trim(const typename Vendor::device &device) noexcept {
    if (native_ != nullptr) device.api.mem_pool_trim_to(native_, 0);
  }
  typename Vendor::native_pool native() const noexcept { return native_; }

 private:
  typename Vendor::native_pool native_ = nullptr;
};

// Memory that memory_free_async took and the API cannot free in stream order: it goes when an event behind
// its last use has happened.
template <typename Vendor>
class deferred_frees {
 public:
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;
  using names = typename Vendor::names;

  void add(typename Vendor::device &device, std::unique_ptr<typename Vendor::memory> taken,
           typename Vendor::native_stream behind) {
    reap(device);
    typename Vendor::native_event event = nullptr;
    device.check(device.api.event_create(&event, Vendor::event_disable_timing), names::event_create);
    const auto recorded = device.api.event_record(event, behind);
    if (recorded != Vendor::success) {
      device.api.event_destroy(event);
      device.fail(recorded, names::event_record);
    }
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(taken), event});
  }
  // Frees what is due; the device is current. What the API refuses here has no entry of the program's to
  // answer; a failure of the device stays.
  void reap(typename Vendor::device &device) {
    ending told(device);
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](waiting &one) {
      const auto found = device.api.event_query(one.event);
      if (found == Vendor::not_ready) {
        Vendor::forget(device.api);
        return false;
      }
      told(found, names::event_query);
      told(device.api.event_destroy(one.event), names::event_destroy);
      one.taken->finished = true;
      one.taken->end(told);
      return true;
    });
  }
  // Frees all of it, after waiting.
  void finish(ending &told) noexcept {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return;
    const auto &api = told.device().api;
    const typename Vendor::current_or_none current(told);
    for (waiting &one : waiting_) {
      if (current) {
        told(api.event_synchronize(one.event), names::event_synchronize);
        told(api.event_destroy(one.event), names::event_destroy);
      }
      one.taken->finished = true;
      one.taken->end(told);
    }
    waiting_.clear();
  }

 private:
  struct waiting {
    std::unique_ptr<typename Vendor::memory> taken;
    typename Vendor::native_event event;
  };
  std::mutex mutex_;
  std::vector<waiting> waiting_;
};

}  // namespace hal::plugin::native
