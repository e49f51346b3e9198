#include "plugins/cuda/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "hal/plugin/wait.hpp"
#include "plugins/cuda/describe.hpp"
#include "plugins/cuda/peer.hpp"

namespace cuda = hal::plugins::cuda;
using hal::plugin::failure;

hal_device::hal_device(std::uint32_t which, cuda::driver::context given)
    : api(cuda::probed(which)), index(which), primary(given == nullptr) {
  cuda::describe(which, facts);
  facts.struct_size = sizeof facts;
  name = cuda::device_label(facts);
  check(api.device_get(&native, static_cast<int>(which)), "cuDeviceGet");
  make_context(given);
  try {
    const cuda::current_context current(*this);
    pool.open(*this);
  } catch (...) {
    if (primary) api.primary_ctx_release(native);
    throw;
  }
}

hal_device::~hal_device() {
  cuda::ending ignored(*this);
  end(ignored);
}

void hal_device::end(cuda::ending &told) noexcept {
  if (context == nullptr) return;
  deferred.finish(told);
  {
    const cuda::current_context_or_none current(told);
    if (current) {
      for (const cuda::driver::context peer : peers) cuda::leave_link(told, peer);
      pool.close(told);
    }
  }
  if (primary) told(api.primary_ctx_release(native), "cuDevicePrimaryCtxRelease");
  context = nullptr;
}

void hal_device::make_context(cuda::driver::context given) {
  if (given == nullptr) {
    check(api.primary_ctx_retain(&context, native), "cuDevicePrimaryCtxRetain");
    return;
  }
  context = given;
  const cuda::current_context current(*this);
  cuda::driver::device owner = -1;
  check(api.ctx_get_device(&owner), "cuCtxGetDevice of the caller's context");
  if (owner != native) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The context belongs to device {}; device {} was to be opened.", owner, native));
  }
}

void hal_device::fail(cuda::driver::result result, std::string_view call) {
  failure what = cuda::vendor_failure(api, result, fmt::format("{} on {}", call, name));
  if (cuda::ends_context(result)) {
    failed.set(what.status(), what.what(), what.native_code());
    failed.check();
  }
  throw what;
}

bool hal_device::note(cuda::driver::result result, std::string_view call) noexcept {
  if (!cuda::ends_context(result)) return false;
  try {
    fail(result, call);
  } catch (const failure &) {
    return true;
  } catch (...) {
    // No room for the sentence: the next call that asks the driver meets the failure again.
    return true;
  }
}

hal_status hal_device::answer(cuda::driver::result result, std::string_view call) {
  if (result == cuda::driver::CUDA_ERROR_NOT_READY) return HAL_STATUS_NOT_READY;
  check(result, call);
  return HAL_STATUS_OK;
}

void hal_device::finish_streams(cuda::ending &told) noexcept {
  hal::plugin::wait_until(HAL_NO_TIMEOUT, [&] {
    bool idle = true;
    streams.for_each([&](const hal_stream &stream) {
      if (!idle || stream.capturing) return;
      const cuda::driver::result found = api.stream_query(stream.native);
      idle = found != cuda::driver::CUDA_ERROR_NOT_READY;
      if (idle) told(found, "cuStreamQuery");
    });
    return idle;
  });
}

namespace hal::plugins::cuda {
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
  throw failure(HAL_STATUS_UNSUPPORTED, fmt::format("{} is not there on {} with a driver of CUDA {}.", what,
                                                    device.name, device.facts.driver_version));
}

void device_entries::device_close(hal_device *device) {
  const std::unique_ptr<hal_device> closed = open_devices().take(device, check_unused);
  end(*closed, *closed);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  const current_context current(open);
  // Stream by stream: cuCtxSynchronize has no time limit, and waits for what others do in the context.
  const bool idle = plugin::wait_until(timeout, [&] {
    bool all = true;
    open.streams.for_each([&](const hal_stream &stream) {
      if (all && !stream.capturing)
        all = open.answer(open.api.stream_query(stream.native), "cuStreamQuery") == HAL_STATUS_OK;
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

}  // namespace hal::plugins::cuda
