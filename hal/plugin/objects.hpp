// What entries ask of the handles that they are given, and how devices are kept. For plugins whose objects
// have these members: a device `failed` (sticky_failure), `facts` (its description), `name` (for messages)
// and handle_sets `memory`, `streams`, `events`, `modules`, `graphs` and `executables`; any other object
// `device`; a stream `capturing`.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "hal/abi/description.h"
#include "hal/abi/objects.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/handles.hpp"
#include "hal/plugin/sticky.hpp"

namespace hal::plugin {

// What an object is called in messages.
constexpr const char *kind_of(const hal_device *) noexcept {
  return "device";
}
constexpr const char *kind_of(const hal_memory *) noexcept {
  return "memory";
}
constexpr const char *kind_of(const hal_stream *) noexcept {
  return "stream";
}
constexpr const char *kind_of(const hal_event *) noexcept {
  return "event";
}
constexpr const char *kind_of(const hal_module *) noexcept {
  return "module";
}
constexpr const char *kind_of(const hal_kernel *) noexcept {
  return "kernel";
}
constexpr const char *kind_of(const hal_graph *) noexcept {
  return "graph";
}
constexpr const char *kind_of(const hal_graph_executable *) noexcept {
  return "graph executable";
}

// The object behind a handle that must not be NULL.
template <typename Object>
Object &checked(Object *handle) {
  return check_handle(handle, kind_of(handle));
}

// The device that an object was made from; a device's is itself.
template <typename Object>
auto &device_of(Object &object) noexcept {
  if constexpr (requires { object.failed; }) {
    return object;
  } else if constexpr (std::is_pointer_v<decltype(object.device)>) {
    return *object.device;
  } else {
    return object.device;
  }
}

template <typename Object>
[[noreturn, gnu::cold, gnu::noinline]] void fail_for_work(Object *handle) {
  device_of(checked(handle)).failed.check();
  throw failure(HAL_STATUS_INTERNAL, "The device failed without a cause.");
}

// The same for a submission, a wait or an allocation: throws the sticky failure of a device that has failed.
template <typename Object>
Object &open_for_work(Object *handle) {
  if (handle == nullptr || device_of(*handle).failed.failed()) [[unlikely]]
    fail_for_work(handle);
  return *handle;
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_while_capturing(const char *what) {
  throw failure(HAL_STATUS_INVALID_STATE,
                std::string(what) + " cannot be part of a graph, and the stream is being captured.");
}

// `what` begins the sentence.
template <typename Stream>
void check_not_capturing(const Stream &stream, const char *what) {
  if (stream.capturing) [[unlikely]]
    fail_while_capturing(what);
}

// A stream for what a capture cannot record.
template <typename Stream>
Stream &open_outside_capture(Stream *stream, const char *what) {
  Stream &open = open_for_work(stream);
  check_not_capturing(open, what);
  return open;
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_for_device(const char *kind) {
  throw failure(HAL_STATUS_INVALID_HANDLE,
                std::string("The ") + kind + " belongs to another device than the stream.");
}

// What a stream is to work with is of its device.
template <typename Object, typename Stream>
void check_same_device(const Object &object, const Stream &stream) {
  if (&device_of(object) != &stream.device) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_HANDLE,
                  std::string("The ") + kind_of(&object) + " belongs to another device than the stream.");
  }
}

// Throws HAL_STATUS_UNSUPPORTED when the device lacks the feature; `what` begins the sentence.
template <typename Device>
void check_feature(const Device &device, std::uint64_t feature, const char *what) {
  if ((device.facts.features & feature) != 0) [[likely]]
    return;
  throw failure(HAL_STATUS_UNSUPPORTED, std::string(what) + " is not there on " + device.name +
                                            " with version " + device.facts.driver_version +
                                            " of the vendor's software.");
}

// Every open device of the plugin. Never destroyed: a program may still close devices while the process ends.
template <typename Device>
handle_set<Device> &open_devices() {
  static auto &all = *new handle_set<Device>("device");
  return all;
}

// Nothing made from the device lives.
template <typename Device>
void check_unused(const Device &device) {
  check_none_alive({{device.memory.size(), "memory"},
                    {device.streams.size(), "streams"},
                    {device.events.size(), "events"},
                    {device.modules.size(), "modules"},
                    {device.graphs.size(), "graphs"},
                    {device.executables.size(), "graph executables"}});
}

}  // namespace hal::plugin
