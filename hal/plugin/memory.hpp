// Memory handles: what entries ask of them, slices, and memory as the host sees it. For memory with `device`,
// `slices` (how many live, atomic) and `is_mapped_to_host` (atomic).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "hal/abi/objects.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {

// The memory behind a handle that is an argument of work: not NULL and the stream's device's.
template <typename Device>
auto &checked_memory(hal_memory *handle, const Device &device) {
  using memory = std::remove_reference_t<decltype(*device.memory.find(handle))>;
  memory &given = static_cast<memory &>(checked(handle));
  if (&given.device != &device) [[unlikely]]
    fail_for_device("memory");
  return given;
}

// Makes a copy of `whole`'s public part that of a slice, which counts among the whole's.
template <typename Memory>
void cut(hal_memory &slice, Memory &whole, std::uint64_t offset, std::uint64_t size) noexcept {
  slice.address += offset;
  slice.size = size;
  if (slice.host != nullptr) slice.host = static_cast<std::byte *>(slice.host) + offset;
  ++whole.slices;
}

// For handle_set::take.
template <typename Memory>
void check_unsliced(const Memory &taken) {
  check_no_slices(taken.size, taken.slices);
}

// `Memory` is made of a whole, an offset and a size.
template <typename Device, typename Memory>
struct slice_entries {
  static void memory_slice(hal_device *device, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                           hal_memory **out_slice) {
    Device &open = open_for_work(device);
    hal_memory *&slice = output(out_slice, "out_slice");
    Memory &whole = *open.memory.find(handle);
    check_slice(whole, offset, size);
    slice = open.memory.insert(std::make_unique<Memory>(whole, offset, size));
  }
};

// What has a `host` address is mapped as it is.
template <typename Device, typename Memory>
struct map_entries {
  static void memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                         std::uint32_t access, void **out_host) {
    Device &open = open_for_work(device);
    void *&host = output(out_host, "out_host");
    Memory &mapped = *open.memory.find(handle);
    check_mapping(mapped, offset, size, access);
    if (mapped.host == nullptr) {
      throw failure(HAL_STATUS_UNSUPPORTED,
                    "The host reaches device memory by copies only; it cannot be mapped.");
    }
    if (mapped.is_mapped_to_host.exchange(true))
      throw failure(HAL_STATUS_INVALID_STATE, "The memory is mapped already; memory_unmap comes first.");
    host = static_cast<std::byte *>(mapped.host) + offset;
  }

  static void memory_unmap(hal_device *device, hal_memory *handle) {
    Device &open = checked(device);
    Memory &mapped = *open.memory.find(handle);
    if (!mapped.is_mapped_to_host.exchange(false))
      throw failure(HAL_STATUS_INVALID_STATE, "The memory is not mapped.");
  }
};

}  // namespace hal::plugin
