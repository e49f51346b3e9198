#include "plugins/template/device.hpp"

#include <memory>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/template/plugin.hpp"
#include "plugins/template/status.hpp"

using hal::plugin::failure;

hal_device::hal_device(std::uint32_t which) : api(template_plugin::vendor()), index(which) {
  template_plugin::describe(which, facts);
  template_plugin::check(api.context_create(which, &context),
                         "vendor_context_create of device " + std::to_string(which));
}

hal_device::~hal_device() {
  api.context_destroy(context);
}

void hal_device::fail(vendor_result result, std::string_view call) {
  if (result == VENDOR_FAULT) {
    char text[256] = "";
    api.context_fault(context, text, sizeof text);
    failed.set(HAL_STATUS_LAUNCH_FAILED,
               std::string("A kernel failed on ") + facts.name + ": " + text + "; VENDOR_FAULT (" +
                   std::to_string(result) + ").",
               result);
    failed.check();
  }
  throw template_plugin::vendor_failure(result, std::string(call) + " on " + facts.name);
}

hal_status hal_device::answer(vendor_result result, std::string_view call) {
  if (result == VENDOR_NOT_READY) return HAL_STATUS_NOT_READY;
  check(result, call);
  return HAL_STATUS_OK;
}

namespace template_plugin {
namespace {

// Never destroyed: a program may still close devices while the process ends.
hal::plugin::handle_set<hal_device> &open_devices() {
  static auto &all = *new hal::plugin::handle_set<hal_device>("device");
  return all;
}

void check_unused(const hal_device &device) {
  hal::plugin::check_none_alive({{device.memory.size(), "memory"},
                                 {device.streams.size(), "streams"},
                                 {device.events.size(), "events"},
                                 {device.modules.size(), "modules"},
                                 {device.graphs.size(), "graphs"},
                                 {device.executables.size(), "graph executables"}});
}

}  // namespace

hal_device *open_device(std::uint32_t index) {
  return open_devices().insert(std::make_unique<hal_device>(index));
}

hal_device &checked(hal_device *device) {
  return hal::plugin::check_handle(device, "device");
}

hal_device &open_for_work(hal_device *device) {
  checked(device).failed.check();
  return *device;
}

void device_entries::device_close(hal_device *device) {
  open_devices().take(device, check_unused);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  open.check(open.api.context_wait(open.context, timeout), "vendor_context_wait");
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  const hal_device &open = checked(device);
  void *&native = hal::plugin::output(out_native, "out_native");
  switch (kind) {
    case HAL_OBJECT_CONTEXT:
      native = open.context;
      return;
    case HAL_OBJECT_STREAM:
      native = open.streams.find(static_cast<const hal_stream *>(object))->queue;
      return;
    case HAL_OBJECT_EVENT:
      native = open.events.find(static_cast<const hal_event *>(object))->fence;
      return;
    case HAL_OBJECT_MODULE:
      native = open.modules.find(static_cast<const hal_module *>(object))->code;
      return;
    default:
      throw failure(HAL_STATUS_UNSUPPORTED,
                    "There is no vendor's handle below an object of kind " + std::to_string(kind) + ".");
  }
}

}  // namespace template_plugin
