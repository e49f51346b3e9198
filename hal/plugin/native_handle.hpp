// native_handle: what the API below has for an object.
#pragma once

#include <string>

#include "hal/abi/device.h"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {

// `Natives` has static functions `context(hal_device &)` and an overload of `of` for the device and for each
// kind of object, all of which answer void * or throw HAL_STATUS_UNSUPPORTED.
template <typename Natives, typename Device>
void tell_native(Device *device, hal_object_kind kind, const void *object, void **out_native) {
  Device &open = checked(device);
  void *&native = output(out_native, "out_native");
  switch (kind) {
    case HAL_OBJECT_DEVICE:
      native = Natives::of(open);
      return;
    case HAL_OBJECT_CONTEXT:
      native = Natives::context(open);
      return;
    case HAL_OBJECT_MEMORY:
      native = Natives::of(*open.memory.find(static_cast<const hal_memory *>(object)));
      return;
    case HAL_OBJECT_STREAM:
      native = Natives::of(*open.streams.find(static_cast<const hal_stream *>(object)));
      return;
    case HAL_OBJECT_EVENT:
      native = Natives::of(*open.events.find(static_cast<const hal_event *>(object)));
      return;
    case HAL_OBJECT_MODULE:
      native = Natives::of(*open.modules.find(static_cast<const hal_module *>(object)));
      return;
    case HAL_OBJECT_KERNEL:
      native = Natives::of(checked(static_cast<const hal_kernel *>(object)));
      return;
    case HAL_OBJECT_GRAPH_EXECUTABLE:
      native = Natives::of(*open.executables.find(static_cast<const hal_graph_executable *>(object)));
      return;
    default:
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    std::to_string(kind) + " is no kind of object; kinds are 1 to 8.");
  }
}

// An address or a number where a handle is asked for.
inline void *as_handle(std::uint64_t value) noexcept {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(value));
}

}  // namespace hal::plugin
