#include "plugins/level_zero/device.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/native_handle.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/level_zero/wait.hpp"

namespace level_zero = hal::plugins::level_zero;
using hal::plugin::failure;

hal_device::hal_device(std::uint32_t which, level_zero::driver::context given)
    : api(level_zero::vendor()), index(which), found(level_zero::probed(which)), native(found.native) {
  level_zero::describe(which, facts);
  facts.struct_size = sizeof facts;
  name = level_zero::device_label(facts);
  const level_zero::driver::device_properties properties = level_zero::properties_of(api, found);
  native_max_allocation = properties.max_allocation;
  groups = level_zero::groups_of(api, native);
  clock = level_zero::clock_of(found, properties);
  host_import = level_zero::host_import_of(api, found.owner);
  context = level_zero::join_context(api, found.owner, given);
}

hal_device::~hal_device() {
  level_zero::ending ignored(*this);
  end(ignored);
}

void hal_device::end(level_zero::ending &told) noexcept {
  if (std::exchange(ended_, true)) return;
  if (helper_ != nullptr) helper_->end(told);
  helper_.reset();
  level_zero::leave_context(context, told);
}

hal_stream &hal_device::helper() {
  std::call_once(helper_once_, [this] { helper_ = level_zero::make_stream(*this, {}); });
  return *helper_;
}

void hal_device::fail(level_zero::driver::result result, std::string_view call) {
  using level_zero::driver::ZE_RESULT_ERROR_DEVICE_LOST;
  const failure what = level_zero::vendor_failure(result, fmt::format("{} on {}", call, name));
  if (!level_zero::ends_device(result)) throw what;
  // The driver has one code for a device that is gone and for work on it that failed; its state tells them
  // apart.
  const bool works = result == ZE_RESULT_ERROR_DEVICE_LOST &&
                     api.device_get_status(native) == level_zero::driver::ZE_RESULT_SUCCESS;
  context->spoil();
  failed.set(works ? HAL_STATUS_LAUNCH_FAILED : what.status(),
             works ? fmt::format("{} The device itself works: a kernel or a copy failed.", what.what())
                   : what.what(),
             what.native_code());
  failed.check();
  throw what;
}

bool hal_device::note(level_zero::driver::result result, std::string_view call) noexcept {
  if (!level_zero::ends_device(result)) return false;
  try {
    fail(result, call);
  } catch (const failure &) {
    return true;
  } catch (...) {
    // No room for the sentence: the next call that asks the driver meets the failure again.
    return true;
  }
}

void hal_device::fail_for_good(level_zero::driver::result result, std::string_view call) noexcept {
  try {
    const failure what = level_zero::vendor_failure(result, fmt::format("{} on {}", call, name));
    context->spoil();
    failed.set(what.status(), what.what(), what.native_code());
  } catch (...) {
    failed.set(HAL_STATUS_OUT_OF_HOST_MEMORY, {});
  }
}

namespace hal::plugins::level_zero {
namespace {

// Marks behind everything that the streams were given, so that waiting for them needs no stream. Whatever it
// takes: does not throw, and leaves out a stream that cannot be waited for.
std::vector<mark_ref> ends_of_streams(hal_device &device, bool whatever_it_takes) {
  std::vector<mark_ref> ends;
  device.streams.for_each([&](hal_stream &stream) {
    if (stream.is_known_idle()) return;
    ends.push_back(whatever_it_takes ? stream.last_end() : stream.mark_end(false));
  });
  std::erase_if(ends, [](const mark_ref &one) { return !one; });
  return ends;
}

struct natives {
  static void *of(const hal_device &open) { return open.native; }
  static void *context(const hal_device &open) { return open.context->native; }
  static void *of(const memory &memory) { return plugin::as_handle(memory.address); }
  static void *of(const hal_event &event) {
    const mark_ref now = event.now();
    if (now) return now->native;
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "An event that was never recorded has no ze_event_handle_t: each recording takes one.");
  }
  static void *of(const hal_graph_executable &) {
    throw failure(HAL_STATUS_UNSUPPORTED, "Level Zero has no object of its own below a graph.");
  }
  template <typename Object>
  static void *of(const Object &object) {
    return object.native;
  }
};

}  // namespace

std::vector<mark_ref> ends_of_all_streams(const shared_context &context) noexcept {
  std::vector<mark_ref> ends;
  plugin::open_devices<hal_device>().for_each([&](hal_device &device) {
    if (device.context.get() != &context || device.failed.failed()) return;
    try {
      for (mark_ref &end : ends_of_streams(device, true)) ends.push_back(std::move(end));
    } catch (...) {
      // The host is out of memory.
    }
  });
  return ends;
}

void device_entries::device_close(hal_device *device) {
  plugin::close(device);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  const deadline until(timeout);
  for (const mark_ref &end : ends_of_streams(open, false)) {
    if (!wait_for(open, *end, until.left())) throw plugin::timed_out("The device's streams", timeout);
  }
  open.release_freed();
  open.failed.check();
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  plugin::tell_native<natives>(device, kind, object, out_native);
}

}  // namespace hal::plugins::level_zero

bool hal_device::release_freed() {
  bool any = false;
  streams.for_each([&any](hal_stream &stream) { any = stream.release_past() || any; });
  return any;
}

void hal_device::finish_streams(level_zero::ending &told) noexcept {
  if (failed.failed()) return;
  try {
    for (const level_zero::mark_ref &end : level_zero::ends_of_streams(*this, true))
      level_zero::finish(*end, told);
  } catch (...) {
    // The host is out of memory.
  }
}
