// Checks that every plugin makes the same way, with the same words.
#pragma once

#include <cstdint>
#include <cstring>
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
