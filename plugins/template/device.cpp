#include "plugins/template/device.hpp"

#include <memory>
#include <string>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/native_handle.hpp"
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

// The other objects have nothing below them.
struct natives {
  static void *context(const hal_device &open) { return open.context; }
  static void *of(const hal_stream &stream) { return stream.queue; }
  static void *of(const hal_event &event) { return event.fence; }
  static void *of(const hal_module &module) { return module.code; }
  template <typename Object>
  static void *of(const Object &object) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  std::string("There is no vendor's handle below a ") + hal::plugin::kind_of(&object) + ".");
  }
};

}  // namespace

hal_device *open_device(std::uint32_t index) {
  return hal::plugin::open_devices<hal_device>().insert(std::make_unique<hal_device>(index));
}

void device_entries::device_close(hal_device *device) {
  hal::plugin::open_devices<hal_device>().take(device, hal::plugin::check_unused<hal_device>);
}

void device_entries::device_synchronize(hal_device *device, std::uint64_t timeout) {
  hal_device &open = open_for_work(device);
  open.streams.for_each([](const hal_stream &stream) { check_not_capturing(stream, "device_synchronize"); });
  open.check(open.api.context_wait(open.context, timeout), "vendor_context_wait");
}

void device_entries::native_handle(hal_device *device, hal_object_kind kind, const void *object,
                                   void **out_native) {
  hal::plugin::tell_native<natives>(device, kind, object, out_native);
}

}  // namespace template_plugin
