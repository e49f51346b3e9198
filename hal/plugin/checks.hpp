// Checks that every plugin makes the same way, with the same words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

#include "hal/abi/objects.h"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {

// offset + size stays within the memory, without overflow. `what` begins the sentence: "copy_to_device".
inline void check_range(const hal_memory &memory, std::uint64_t offset, std::uint64_t size,
                        const char *what) {
  if (offset <= memory.size && size <= memory.size - offset) [[likely]]
    return;
  throw failure(HAL_STATUS_OUT_OF_RANGE, std::string(what) + " of " + std::to_string(size) +
                                             " bytes at offset " + std::to_string(offset) +
                                             " reaches beyond memory of " + std::to_string(memory.size) +
                                             " bytes.");
}

// Source and destination of a copy within one device, by address.
inline void check_no_overlap(std::uint64_t destination, std::uint64_t source, std::uint64_t size) {
  if (source >= destination + size || destination >= source + size) [[likely]]
    return;
  throw failure(HAL_STATUS_INVALID_ARGUMENT, "The source at " + std::to_string(source) +
                                                 " and the destination at " + std::to_string(destination) +
                                                 " of a copy of " + std::to_string(size) + " bytes overlap.");
}

// A handle that must not be NULL, for entries that do not look it up.
template <typename Handle>
Handle &check_handle(Handle *handle, const char *kind) {
  if (handle == nullptr) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_HANDLE, std::string("The ") + kind + " handle is NULL.");
  }
  return *handle;
}

inline void check_pointer(const void *pointer, const char *what) {
  if (pointer == nullptr) [[unlikely]] {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string(what) + " is NULL.");
  }
}

inline void check_fill_width(std::uint32_t width, std::uint64_t offset, std::uint64_t size) {
  if (width != 1 && width != 2 && width != 4) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "A fill's width is " + std::to_string(width) + " bytes; it must be 1, 2 or 4.");
  }
  if (offset % width != 0 || size % width != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "A fill of " + std::to_string(size) + " bytes at offset " + std::to_string(offset) +
                      " is no multiple of its width of " + std::to_string(width) + " bytes.");
  }
}

// What hal_memory_options must satisfy on every device. `export_flags`: those of HAL_MEMORY_EXPORT_* that the
// device knows.
inline void check_memory_options(const hal_memory_options &options, std::uint64_t max_allocation,
                                 std::uint32_t export_flags = 0) {
  if (options.size == 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "An allocation of 0 bytes was asked for; the least is 1.");
  }
  if ((options.alignment & (options.alignment - 1)) != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The alignment is " + std::to_string(options.alignment) +
                                                   "; it must be a power of two or 0.");
  }
  if (options.kind < HAL_MEMORY_DEVICE || options.kind > HAL_MEMORY_SHARED) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The memory kind is " + std::to_string(options.kind) +
                                                   "; it must be device (1), host (2) or shared (3).");
  }
  constexpr std::uint32_t kinds = HAL_MEMORY_EXPORT_FD | HAL_MEMORY_EXPORT_DMA_BUF | HAL_MEMORY_EXPORT_IPC;
  const std::uint32_t named = options.flags & kinds;
  const bool any_kind = (options.flags & HAL_MEMORY_EXPORTABLE) != 0;
  if ((options.flags & ~(kinds | HAL_MEMORY_EXPORTABLE)) != 0 || (any_kind && named != 0)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The memory flags are " + std::to_string(options.flags) +
                      "; they are HAL_MEMORY_EXPORTABLE (1) or some of HAL_MEMORY_EXPORT_* (2, 4, 8).");
  }
  if ((named & ~export_flags) != 0) {
    throw failure(HAL_STATUS_UNSUPPORTED, "Memory that is exported in the ways of the flags " +
                                              std::to_string(named) + " was asked for; the device knows " +
                                              std::to_string(export_flags) + " of them.");
  }
  if (options.size > max_allocation) {
    throw failure(HAL_STATUS_OUT_OF_DEVICE_MEMORY, "An allocation of " + std::to_string(options.size) +
                                                       " bytes is more than the device's largest, which is " +
                                                       std::to_string(max_allocation) + " bytes.");
  }
}

// Room for a size and an alignment beyond what the layer below keeps by itself; throws when that is more than
// there can be.
inline std::uint64_t padded_size(const hal_memory_options &options, std::uint64_t natural_alignment) {
  const std::uint64_t padding = options.alignment > natural_alignment ? options.alignment : 0;
  std::uint64_t size = 0;
  if (!__builtin_add_overflow(options.size, padding, &size)) return size;
  throw failure(HAL_STATUS_OUT_OF_DEVICE_MEMORY, std::to_string(options.size) + " bytes aligned to " +
                                                     std::to_string(options.alignment) +
                                                     " are more than an address can reach.");
}

// The next multiple of a power of two; 0 stands for any alignment.
inline std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) noexcept {
  return alignment == 0 ? value : (value + alignment - 1) & ~(alignment - 1);
}

// What memory_slice must satisfy.
inline void check_slice(const hal_memory &whole, std::uint64_t offset, std::uint64_t size) {
  if (size == 0)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "A slice of 0 bytes was asked for; the least is 1.");
  check_range(whole, offset, size, "A slice");
}

// What memory_map must satisfy.
inline void check_mapping(const hal_memory &memory, std::uint64_t offset, std::uint64_t size,
                          std::uint32_t access) {
  if (access == 0 || (access & ~std::uint32_t{HAL_MAP_READ | HAL_MAP_WRITE}) != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The access of a mapping is " + std::to_string(access) +
                      "; it must be HAL_MAP_READ (1), HAL_MAP_WRITE (2) or both.");
  }
  if (size == 0)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "A mapping of 0 bytes was asked for; the least is 1.");
  check_range(memory, offset, size, "A mapping");
}

// Memory of `size` bytes that is to be freed has no slices left.
inline void check_no_slices(std::uint64_t size, std::uint32_t slices) {
  if (slices == 0) return;
  throw failure(HAL_STATUS_BUSY, "The memory of " + std::to_string(size) + " bytes cannot be freed while " +
                                     std::to_string(slices) + " slices of it live.");
}

// What a device that is to be closed still has: none of it may live.
struct alive_count {
  std::size_t count;
  const char *kind;  // "streams"
};
inline void check_none_alive(std::initializer_list<alive_count> counts) {
  std::string alive;
  for (const auto &[count, kind] : counts) {
    if (count != 0) alive += (alive.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
  }
  if (!alive.empty())
    throw failure(HAL_STATUS_BUSY, "The device cannot be closed while objects of it live: " + alive + ".");
}

// Flags of a record for which none are defined; `what` begins the sentence: "The stream flags".
inline void check_no_flags(std::uint32_t flags, const char *what) {
  if (flags == 0) return;
  throw failure(HAL_STATUS_INVALID_ARGUMENT,
                std::string(what) + " are " + std::to_string(flags) + "; none are defined.");
}

inline void check_event_flags(std::uint32_t flags) {
  if ((flags & ~std::uint32_t{HAL_EVENT_TIMING}) == 0) return;
  throw failure(HAL_STATUS_INVALID_ARGUMENT,
                "The event flags are " + std::to_string(flags) + "; only HAL_EVENT_TIMING (1) is defined.");
}

// What event_elapsed needs of both events.
inline void check_has_time(bool timing, bool recorded) {
  if (!timing) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The event was made without HAL_EVENT_TIMING and keeps no time.");
  }
  if (!recorded) throw failure(HAL_STATUS_INVALID_STATE, "The event was never recorded, so it has no time.");
}

// What event_elapsed needs of both together: events of one device.
template <typename Event>
void check_one_clock(const Event &start, const Event &end) {
  if (&start.device == &end.device) return;
  throw failure(HAL_STATUS_INVALID_HANDLE, "The events belong to two devices, which have two clocks.");
}

// The launch against the device's limits and the kernel's parameters.
struct launch_limits {
  const std::uint32_t *max_grid;   // 3 extents
  const std::uint32_t *max_block;  // 3 extents
  std::uint32_t max_block_items;
  std::uint64_t max_dynamic_shared_memory;
};

inline void check_launch(const hal_launch &launch, const launch_limits &limits) {
  std::uint64_t items = 1;
  for (int axis = 0; axis < 3; ++axis) {
    const char name = "xyz"[axis];
    if (launch.grid[axis] == 0 || launch.block[axis] == 0) [[unlikely]] {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, std::string("The launch's grid or block is 0 in ") + name +
                                                     "; every extent is at least 1.");
    }
    if (launch.grid[axis] > limits.max_grid[axis] || launch.block[axis] > limits.max_block[axis])
        [[unlikely]] {
      throw failure(HAL_STATUS_OUT_OF_RANGE, std::string("The launch has in ") + name + " a grid of " +
                                                 std::to_string(launch.grid[axis]) + " and a block of " +
                                                 std::to_string(launch.block[axis]) + "; the limits are " +
                                                 std::to_string(limits.max_grid[axis]) + " and " +
                                                 std::to_string(limits.max_block[axis]) + ".");
    }
    items *= launch.block[axis];
  }
  if (items > limits.max_block_items) [[unlikely]] {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The launch's block has " + std::to_string(items) +
                                               " items; the limit is " +
                                               std::to_string(limits.max_block_items) + ".");
  }
  if (launch.dynamic_shared_memory > limits.max_dynamic_shared_memory) [[unlikely]] {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The launch asks for " +
                                               std::to_string(launch.dynamic_shared_memory) +
                                               " bytes of dynamic shared memory; the limit is " +
                                               std::to_string(limits.max_dynamic_shared_memory) + ".");
  }
  if (launch.argument_count != 0) check_pointer(launch.arguments, "The launch's argument array");
}

// One argument against one parameter.
inline void check_argument(std::uint32_t index, const hal_argument &given, hal_argument_kind kind,
                           std::uint32_t size) {
  const bool size_matters = kind != HAL_ARGUMENT_SHARED;
  if (given.kind == kind && (!size_matters || given.size == size)) [[likely]]
    return;
  static constexpr const char *kinds[] = {"a value", "memory", "shared memory"};
  const auto name = [](hal_argument_kind which) { return which < 3 ? kinds[which] : "of an unknown kind"; };
  throw failure(HAL_STATUS_INVALID_ARGUMENT, "Argument " + std::to_string(index) + " is " + name(given.kind) +
                                                 " of " + std::to_string(given.size) +
                                                 " bytes; the kernel takes " + name(kind) + " of " +
                                                 std::to_string(size) + " bytes.");
}

// Fills in the record of module_binary, which was read as `wanted`: format and size always, the bytes whole.
inline void give_binary(hal_module_binary *out, const hal_module_binary &wanted, const char *format,
                        const void *bytes, std::uint64_t size) {
  hal_module_binary full = wanted;
  copy_text(full.format, format);
  full.size = size;
  write_record(out, full, "The module's binary");
  if (wanted.bytes == nullptr) return;
  if (wanted.room < size) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The module's binary has " + std::to_string(size) +
                                               " bytes; there is room for " + std::to_string(wanted.room) +
                                               ".");
  }
  std::memcpy(wanted.bytes, bytes, static_cast<std::size_t>(size));
}

}  // namespace hal::plugin
