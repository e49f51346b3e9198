#include "plugins/hip/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/peer.hpp"

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

hal_device::hal_device(std::uint32_t which, hip::driver::context given)
    : api(hip::probed(which)), index(which), native(static_cast<hip::driver::device>(which)) {
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
    hip::ending ignored(*this);
    leave(ignored);
    throw;
  }
}

hal_device::~hal_device() {
  hip::ending ignored(*this);
  end(ignored);
}

void hal_device::end(hip::ending &told) noexcept {
  if (std::exchange(ended_, true)) return;
  deferred.finish(told);
  {
    const hip::current_device_or_none current(told);
    if (current) {
      for (const hip::driver::device peer : peers) hip::leave_link(told, peer);
      pool.close(told);
    }
  }
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

void hal_device::leave(hip::ending &told) noexcept {
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

void hal_device::fail(hip::driver::result result, std::string_view call) {
  failure what = hip::vendor_failure(api, result, fmt::format("{} on {}", call, name));
  if (hip::ends_device(result)) {
    failed.set(what.status(), what.what(), what.native_code());
    failed.check();
  }
  throw what;
}

bool hal_device::note(hip::driver::result result, std::string_view call) noexcept {
  if (!hip::ends_device(result)) {
    hip::forget_last_error(api);
    return false;
  }
  try {
    fail(result, call);
  } catch (const failure &) {
    return true;
  } catch (...) {
    // No room for the sentence: the next call that asks the runtime meets the failure again.
    return true;
  }
}

hal_status hal_device::answer(hip::driver::result result, std::string_view call) {
  if (result == hip::driver::hipErrorNotReady) {
    hip::forget_last_error(api);
    return HAL_STATUS_NOT_READY;
  }
  check(result, call);
  return HAL_STATUS_OK;
}

void hal_device::finish_streams(hip::ending &told) noexcept {
  hal::plugin::wait_until(HAL_NO_TIMEOUT, [&] {
    bool idle = true;
    streams.for_each([&](const hal_stream &stream) {
      if (!idle || stream.capturing) return;
      const hip::driver::result found = api.stream_query(stream.native);
      idle = found != hip::driver::hipErrorNotReady;
      if (idle) told(found, "hipStreamQuery");
    });
    if (!idle) hip::forget_last_error(api);
    return idle;
  });
}

namespace hal::plugins::hip {
namespace {

// Never destroyed: a program may still close devices while the process ends.
plugin::handle_set<hal_device> &open_devices() {
  static auto &all = *new plugin::handle_set<hal_device>("device");
  return all;
}

void check_unused(const hal_device &device) {
  plugin::check_none_alive({{device.memory.size(), "memory"},
                            {device.streams.size(), "streams"},
                            {device.events.size(), "events"},
                            {device.modules.size(), "modules"},
                            {device.graphs.size(), "graphs"},
                            {device.executables.size(), "graph executables"}});
}

void *integer_handle(std::uint64_t value) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(value));
}

}  // namespace

hal_device *open_device(std::uint32_t index, void *native_context) {
  return open_devices().insert(
      std::make_unique<hal_device>(index, static_cast<driver::context>(native_context)));
}

hal_device &checked(hal_device *device) {
  return plugin::check_handle(device, "device");
}

hal_device &open_for_work(hal_device *device) {
  checked(device).failed.check();
  return *device;
}

void check_feature(const hal_device &device, std::uint64_t feature, const char *what) {
  if (device.has(feature)) [[likely]]
    return;
  throw failure(HAL_STATUS_UNSUPPORTED, fmt::format("{} is not there on {} with HIP {}.", what, device.name,
                                                    device.facts.driver_version));
}

void device_entries::device_close(hal_device *device) {
  const std::unique_ptr<hal_device> closed = open_devices().take(device, check_unused);
  end(*closed, *closed);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  const current_device current(open);
  // Stream by stream: hipDeviceSynchronize has no time limit, and waits for what others do on the device.
  const bool idle = plugin::wait_until(timeout, [&] {
    bool all = true;
    open.streams.for_each([&](const hal_stream &stream) {
      if (all && !stream.capturing)
        all = open.answer(open.api.stream_query(stream.native), "hipStreamQuery") == HAL_STATUS_OK;
    });
    return all;
  });
  open.failed.check();
  if (!idle) throw plugin::timed_out("The device's streams", timeout);
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  hal_device &open = checked(device);
  void *&native = plugin::output(out_native, "out_native");
  switch (kind) {
    case HAL_OBJECT_DEVICE:
      native = integer_handle(static_cast<std::uint64_t>(open.native));
      return;
    case HAL_OBJECT_CONTEXT:
      if (open.context == nullptr) check_feature(open, HAL_FEATURE_ADOPT_CONTEXT, "A context");
      native = open.context;
      return;
    case HAL_OBJECT_MEMORY:
      native = integer_handle(open.memory.find(static_cast<const hal_memory *>(object))->address);
      return;
    case HAL_OBJECT_STREAM:
      native = open.streams.find(static_cast<const hal_stream *>(object))->native;
      return;
    case HAL_OBJECT_EVENT:
      native = open.events.find(static_cast<const hal_event *>(object))->native;
      return;
    case HAL_OBJECT_MODULE:
      native = open.modules.find(static_cast<const hal_module *>(object))->native;
      return;
    case HAL_OBJECT_KERNEL:
      native = plugin::check_handle(static_cast<const hal_kernel *>(object), "kernel").native;
      return;
    case HAL_OBJECT_GRAPH_EXECUTABLE:
      native = open.executables.find(static_cast<const hal_graph_executable *>(object))->native;
      return;
    default:
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    fmt::format("{} is no kind of object; kinds are 1 to 8.", kind));
  }
}

}  // namespace hal::plugins::hip
