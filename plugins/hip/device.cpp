#include "plugins/hip/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "plugins/hip/describe.hpp"

namespace hip = hal::plugins::hip;
using hal::plugin::failure;

namespace {

// How often each device is opened. After a failure the runtime answers it to everything that any opening
// does; the last one to leave takes the device back to its beginning, so that the next one works.
struct opening_table {
  std::mutex mutex;
  struct entry {
    int openings = 0;
    bool failed = false;
  };
  std::map<hip::driver::device, entry> devices;
};

opening_table &all_openings() {
  // Never destroyed: a program may still close devices while the process ends.
  static auto &all = *new opening_table;
  return all;
}

}  // namespace

hal_device::hal_device(std::uint32_t which, hip::driver::context given) : device(hip::probed(which), which) {
  native = static_cast<hip::driver::device>(which);
  hip::describe(which, facts);
  facts.struct_size = sizeof facts;
  name = hip::device_label(facts);
  for (int axis = 0; axis < 3; ++axis)
    plain_grid[axis] = std::min(facts.max_grid[axis], UINT32_MAX / std::max(facts.max_block[axis], 1u));
  {
    opening_table &all = all_openings();
    const std::lock_guard lock(all.mutex);
    ++all.devices[native].openings;
  }
  try {
    find_context(given);
    const hip::current_device current(*this);
    pool.open(*this);
  } catch (...) {
    ending ignored(*this);
    leave(ignored);
    throw;
  }
}

hal_device::~hal_device() {
  ending ignored(*this);
  end(ignored);
}

void hal_device::end(ending &told) noexcept {
  if (std::exchange(ended_, true)) return;
  release(told);
  leave(told);
}

void hal_device::find_context(hip::driver::context given) {
  if (!api.has_contexts()) {
    if (given == nullptr) return;
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("{} of HIP {} has no contexts; a device is opened without one.",
                              api.library.file, facts.driver_version));
  }
  check(api.primary_ctx_retain(&context, native), "hipDevicePrimaryCtxRetain");
  if (given == nullptr || given == context) return;
  throw failure(
      HAL_STATUS_INVALID_ARGUMENT,
      fmt::format("The context is not that of device {}, which was to be opened; HIP has one for each "
                  "device.",
                  native));
}

void hal_device::leave(ending &told) noexcept {
  if (context != nullptr) told(api.primary_ctx_release(native), "hipDevicePrimaryCtxRelease");
  opening_table &all = all_openings();
  const std::lock_guard lock(all.mutex);
  opening_table::entry &own = all.devices[native];
  own.failed |= failed.failed();
  if (--own.openings > 0 || !own.failed) return;
  own.failed = false;
  const hip::current_device_or_none current(told);
  if (current) told(api.device_reset(), "hipDeviceReset");
  hip::forget_last_error(api);
}
