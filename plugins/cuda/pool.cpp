// stream_pool and deferred_frees of memory.hpp.
#include "plugins/cuda/device.hpp"
#include "plugins/cuda/memory.hpp"

namespace hal::plugins::cuda {

void stream_pool::open(hal_device &device) {
  if (!device.has(HAL_FEATURE_STREAM_ALLOCATION)) return;
  driver::pool_properties wanted{};
  wanted.type = driver::allocation_pinned;
  wanted.handle_types = driver::handle_none;
  wanted.where = location_of(device);
  device.check(device.api.mem_pool_create(&native_, &wanted), "cuMemPoolCreate");
  // The driver's default gives everything back at each wait, which makes the next allocation slow.
  std::uint64_t keep = UINT64_MAX;
  const driver::result set =
      device.api.mem_pool_set_attribute(native_, driver::pool_release_threshold, &keep);
  if (set == driver::CUDA_SUCCESS) return;
  ending ignored(device);
  close(ignored);
  device.fail(set, "cuMemPoolSetAttribute of the release threshold");
}

void stream_pool::close(ending &told) noexcept {
  if (native_ != nullptr) told(told.device().api.mem_pool_destroy(native_), "cuMemPoolDestroy");
  native_ = nullptr;
}

void stream_pool::trim(const hal_device &device) noexcept {
  if (native_ != nullptr) device.api.mem_pool_trim_to(native_, 0);
}

void deferred_frees::add(hal_device &device, std::unique_ptr<memory> taken, driver::stream behind) {
  reap(device);
  driver::event event = nullptr;
  device.check(device.api.event_create(&event, driver::event_disable_timing), "cuEventCreate");
  const driver::result recorded = device.api.event_record(event, behind);
  if (recorded != driver::CUDA_SUCCESS) {
    device.api.event_destroy(event);
    device.fail(recorded, "cuEventRecord");
  }
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(taken), event});
}

// What the driver refuses here has no entry of the program's to answer; a failure of the device stays.
void deferred_frees::reap(hal_device &device) {
  ending told(device);
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](waiting &one) {
    const driver::result found = device.api.event_query(one.event);
    if (found == driver::CUDA_ERROR_NOT_READY) return false;
    told(found, "cuEventQuery");
    told(device.api.event_destroy(one.event), "cuEventDestroy");
    one.taken->finished = true;
    one.taken->end(told);
    return true;
  });
}

void deferred_frees::finish(ending &told) noexcept {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  const api &api = told.device().api;
  const current_context_or_none current(told);
  for (waiting &one : waiting_) {
    if (current) {
      told(api.event_synchronize(one.event), "cuEventSynchronize");
      told(api.event_destroy(one.event), "cuEventDestroy");
    }
    one.taken->finished = true;
    one.taken->end(told);
  }
  waiting_.clear();
}

}  // namespace hal::plugins::cuda
