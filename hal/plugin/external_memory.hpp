// What exports and imports of memory must satisfy on every device.
#pragma once

#include <cstdint>
#include <string>

#include "hal/abi/description.h"
#include "hal/abi/objects.h"
#include "hal/plugin/failure.hpp"

namespace hal::plugin {

// What belongs to a kind of external memory.
struct external_kind {
  std::uint32_t flag;                // of hal_memory_options
  std::uint64_t exported, imported;  // features
};

inline constexpr external_kind external_kinds[] = {
    {},
    {HAL_MEMORY_EXPORT_FD, HAL_FEATURE_MEMORY_EXPORT_FD, HAL_FEATURE_MEMORY_IMPORT_FD},
    {HAL_MEMORY_EXPORT_DMA_BUF, HAL_FEATURE_MEMORY_EXPORT_DMA_BUF, HAL_FEATURE_MEMORY_IMPORT_DMA_BUF},
    {HAL_MEMORY_EXPORT_IPC, HAL_FEATURE_MEMORY_EXPORT_IPC, HAL_FEATURE_MEMORY_EXPORT_IPC},
};

inline const external_kind &checked_kind(hal_external_kind kind) {
  if (kind >= HAL_EXTERNAL_FD && kind <= HAL_EXTERNAL_IPC) return external_kinds[kind];
  throw failure(HAL_STATUS_INVALID_ARGUMENT,
                std::to_string(kind) + " is no kind of external memory; kinds are 1 to 3.");
}

// Those of HAL_MEMORY_EXPORT_* that a device with these features knows.
inline std::uint32_t export_flags(std::uint64_t features) noexcept {
  std::uint32_t known = 0;
  for (const external_kind &one : external_kinds) known |= (features & one.exported) != 0 ? one.flag : 0;
  return known;
}

// `flags` are those that the memory was allocated with.
inline void check_exportable(std::uint32_t flags, const external_kind &way) {
  if ((flags & (HAL_MEMORY_EXPORTABLE | way.flag)) != 0) return;
  throw failure(HAL_STATUS_INVALID_STATE,
                "The memory was allocated with the flags " + std::to_string(flags) +
                    " and cannot be exported in this way; HAL_MEMORY_EXPORTABLE (1) or the way's own flag (" +
                    std::to_string(way.flag) + ") allows it.");
}

inline void check_external_handle(const hal_external_handle &given) {
  std::uint64_t end = 0;
  if (given.size == 0 || __builtin_add_overflow(given.offset, given.size, &end)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The external handle names " + std::to_string(given.size) +
                                                   " bytes at offset " + std::to_string(given.offset) +
                                                   ", which no memory has.");
  }
  if (given.kind != HAL_EXTERNAL_IPC && given.fd < 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The external handle's descriptor is " + std::to_string(given.fd) + ", which is none.");
  }
}

}  // namespace hal::plugin
