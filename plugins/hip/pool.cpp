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
  close(device);
  device.fail(set, "hipMemPoolSetAttribute of the release threshold");
}

void stream_pool::close(const hal_device &device) noexcept {
  if (native_ != nullptr) device.api.mem_pool_destroy(native_);
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

void deferred_frees::reap(hal_device &device) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](waiting &one) {
    if (device.api.event_query(one.event) == driver::hipErrorNotReady) return false;
    device.api.event_destroy(one.event);
    one.taken->finished = true;
    one.taken.reset();
    return true;
  });
}

void deferred_frees::finish(hal_device &device) noexcept {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  const current_device_or_none current(device);
  for (waiting &one : waiting_) {
    if (current) {
      device.api.event_synchronize(one.event);
      device.api.event_destroy(one.event);
    }
    one.taken->finished = true;
  }
  waiting_.clear();
}

}  // namespace hal::plugins::hip
