#include "plugins/opencl/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/native_handle.hpp"
#include "hal/plugin/wait.hpp"

namespace opencl = hal::plugins::opencl;
namespace driver = hal::plugins::opencl::driver;
using hal::plugin::failure;

hal_device::hal_device(std::uint32_t which, driver::context given)
    : index(which),
      found(opencl::probed(which)),
      api(opencl::entries_of(found.platform)),
      able(opencl::abilities_of(found)) {
  opencl::describe(which, facts);
  facts.struct_size = sizeof facts;
  name = opencl::device_label(facts);
  take_context(given);
  driver::result result = driver::CL_SUCCESS;
  service = api.create_queue(context, found.device, 0, &result);
  if (result == driver::CL_SUCCESS) return;
  api.release_context(context);
  fail(result, "clCreateCommandQueue");
}

hal_device::~hal_device() {
  opencl::ending ignored(*this);
  end(ignored);
}

void hal_device::end(opencl::ending &told) noexcept {
  deferred.finish(*this);
  if (service != nullptr) told(api.release_queue(std::exchange(service, nullptr)), "clReleaseCommandQueue");
  if (context != nullptr) told(api.release_context(std::exchange(context, nullptr)), "clReleaseContext");
}

bool hal_device::note(driver::result result, std::string_view call) noexcept {
  if (!opencl::ends_device(result)) return false;
  const failure what = opencl::vendor_failure(result, fmt::format("{} on {}", call, name));
  failed.set(what.status(), what.what(), what.native_code());
  return true;
}

void hal_device::take_context(driver::context given) {
  driver::result result = driver::CL_SUCCESS;
  if (given == nullptr) {
    const driver::context_property wanted[] = {driver::context_platform,
                                               reinterpret_cast<driver::context_property>(found.platform), 0};
    context = api.create_context(wanted, 1, &found.device, nullptr, nullptr, &result);
    if (result == driver::CL_DEVICE_NOT_AVAILABLE) {
      throw failure(
          HAL_STATUS_UNAVAILABLE,
          fmt::format("clCreateContext on {} failed: the driver says that the device is not available now "
                      "(CL_DEVICE_NOT_AVAILABLE, {}).",
                      name, static_cast<int>(result)),
          result);
    }
    check(result, "clCreateContext");
    return;
  }
  std::vector<driver::device> devices(256);
  std::size_t size = 0;
  result = api.get_context_info(given, driver::context_devices, devices.size() * sizeof(driver::device),
                                devices.data(), &size);
  if (result != driver::CL_SUCCESS) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The context that was given is none of {}'s driver: clGetContextInfo answers {} ({}).",
                    name, opencl::name_of(result), static_cast<int>(result)),
        result);
  }
  devices.resize(size / sizeof(driver::device));
  if (std::find(devices.begin(), devices.end(), found.device) == devices.end())
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The context that was given is not one of {}.", name));
  check(api.retain_context(given), "clRetainContext");
  context = given;
}

void hal_device::fail(driver::result result, std::string_view call) {
  const failure what = opencl::vendor_failure(result, fmt::format("{} on {}", call, name));
  if (note(result, call)) failed.check();
  throw what;
}

void hal_device::fail_work(driver::result result, std::string_view call) {
  failure what = opencl::vendor_failure(result, fmt::format("{} on {}", call, name));
  const bool lost = what.status() == HAL_STATUS_DEVICE_LOST;
  failed.set(lost ? HAL_STATUS_DEVICE_LOST : HAL_STATUS_LAUNCH_FAILED, what.what(), what.native_code());
  failed.check();
  throw what;
}

hal_status hal_device::answer(const opencl::happening &work) {
  int status = driver::complete;
  check(work.ask(status), "clGetEventInfo");
  if (status == driver::complete) return HAL_STATUS_OK;
  if (status > driver::complete) return HAL_STATUS_NOT_READY;
  fail_work(static_cast<driver::result>(status), "Work that was submitted before");
}

void hal_device::await(const opencl::happening &work) {
  if (!work) return;
  // The driver's wait would not end with a gate that cannot be opened.
  if (open_gates.load() != 0) {
    hal::plugin::wait_until(HAL_NO_TIMEOUT, [&] {
      failed.check();
      return answer(work) == HAL_STATUS_OK;
    });
    return;
  }
  const driver::result waited = api.wait_for_events(1, &work.native());
  // Why it failed is in the event.
  if (waited == driver::CL_SUCCESS || waited == driver::CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
    answer(work);
  if (waited != driver::CL_SUCCESS) fail_work(waited, "clWaitForEvents");
}

void hal_device::finish_queues(opencl::ending &told) noexcept {
  std::vector<driver::queue> all;
  streams.for_each([&](const hal_stream &stream) {
    const driver::result retained = api.retain_queue(stream.native);
    told(retained, "clRetainCommandQueue");
    if (retained == driver::CL_SUCCESS) all.push_back(stream.native);
  });
  for (const driver::queue one : all) {
    if (!stuck) told(api.finish(one), "clFinish");
    api.release_queue(one);
  }
}

namespace hal::plugins::opencl {
namespace {

// What every stream has been given so far.
std::vector<happening> marks_of(hal_device &device) {
  std::vector<happening> marks;
  device.streams.for_each([&](const hal_stream &stream) {
    driver::event native = nullptr;
    device.check(device.api.enqueue_marker(stream.native, 0, nullptr, &native),
                 "clEnqueueMarkerWithWaitList");
    marks.emplace_back(device.api, native);
    device.check(device.api.flush(stream.native), "clFlush");
  });
  return marks;
}

struct natives {
  static void *of(const hal_device &open) { return open.found.device; }
  static void *context(const hal_device &open) { return open.context; }
  static void *of(memory &memory) { return native_of(memory); }
  static void *of(const hal_stream &stream) { return stream.native; }
  static void *of(const hal_event &event) {
    void *native = event.current().native();
    if (native != nullptr) return native;
    throw failure(HAL_STATUS_UNSUPPORTED, "OpenCL has an event for work only, and this one stands for none.");
  }
  static void *of(const hal_module &module) { return module.native; }
  static void *of(const hal_kernel &kernel) { return kernel.native(); }
  static void *of(const hal_graph_executable &) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "Graphs are recorded by the plugin; OpenCL has no object for them.");
  }
};

}  // namespace

void device_entries::device_close(hal_device *device) {
  plugin::close(device);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  const std::vector<happening> marks = marks_of(open);
  if (timeout == HAL_NO_TIMEOUT) {
    for (const happening &one : marks) open.await(one);
    open.failed.check();
    return;
  }
  const bool idle = plugin::wait_until(timeout, [&] {
    return std::all_of(marks.begin(), marks.end(),
                       [&](const happening &one) { return open.answer(one) == HAL_STATUS_OK; });
  });
  open.failed.check();
  if (!idle) throw plugin::timed_out("The device's streams", timeout);
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  plugin::tell_native<natives>(device, kind, object, out_native);
}

}  // namespace hal::plugins::opencl
