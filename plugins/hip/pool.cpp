// stream_pool and deferred_frees of memory.hpp.
#include "plugins/hip/device.hpp"
#include "plugins/hip/memory.hpp"

namespace hal::plugins::hip {

void stream_pool::open(hal_device &device) {
  if (!device.has(HAL_FEATURE_STREAM_ALLOCATION)) return;
  driver::pool_properties wanted{};
  wanted.type = driver::allocation_pinned;
  wanted.handle_types = driver::handle_none;
  wanted.where = location_of(device);
  device.check(device.api.mem_pool_create(&native_, &wanted), "hipMemPoolCreate");
  // The runtime's default gives everything back at each wait, which makes the next allocation slow.
  std::uint64_t keep = UINT64_MAX;
  const driver::result set =
      device.api.mem_pool_set_attribute(native_, driver::pool_release_threshold, &keep);
  if (set == driver::hipSuccess) return;
  ending ignored(device);
  close(ignored);
  device.fail(set, "hipMemPoolSetAttribute of the release threshold");
}

void stream_pool::close(ending &told) noexcept {
  if (native_ != nullptr) told(told.device().api.mem_pool_destroy(native_), "hipMemPoolDestroy");
  native_ = nullptr;
}

void stream_pool::trim(const hal_device &device) noexcept {
  if (native_ != nullptr) device.api.mem_pool_trim_to(native_, 0);
}

void deferred_frees::add(hal_device &device, std::unique_ptr<memory> taken, driver::stream behind) {
  reap(device);
  driver::event event = nullptr;
  device.check(device.api.event_create(&event, driver::event_disable_timing), "hipEventCreateWithFlags");
  const driver::result recorded = device.api.event_record(event, behind);
  if (recorded != driver::hipSuccess) {
    device.api.event_destroy(event);
    device.fail(recorded, "hipEventRecord");
  }
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(taken), event});
}

// What the runtime refuses here has no entry of the program's to answer; a failure of the device stays.
void deferred_frees::reap(hal_device &device) {
  ending told(device);
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](waiting &one) {
    const driver::result found = device.api.event_query(one.event);
    if (found == driver::hipErrorNotReady) {
      forget_last_error(device.api);
      return false;
    }
    told(found, "hipEventQuery");
    told(device.api.event_destroy(one.event), "hipEventDestroy");
    one.taken->finished = true;
    one.taken->end(told);
    return true;
  });
}

void deferred_frees::finish(ending &told) noexcept {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  const api &api = told.device().api;
  const current_device_or_none current(told);
  for (waiting &one : waiting_) {
    if (current) {
      told(api.event_synchronize(one.event), "hipEventSynchronize");
      told(api.event_destroy(one.event), "hipEventDestroy");
    }
    one.taken->finished = true;
    one.taken->end(told);
  }
  waiting_.clear();
}

}  // namespace hal::plugins::hip
