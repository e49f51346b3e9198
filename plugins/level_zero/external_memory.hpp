// Memory that leaves the process or comes from outside: descriptors, dma-bufs, IPC handles, and what the
// caller allocated with Level Zero itself.
#pragma once

#include <memory>

#include "plugins/level_zero/memory.hpp"

namespace hal::plugins::level_zero {

// Memory that memory_export can hand out.
std::unique_ptr<memory> allocate_exportable(hal_device &device, const hal_memory_options &options);

// Table entries; the contract is hal/abi/device.h.
struct external_memory_entries {
  static void memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                            hal_external_handle *out);
  static void memory_import(hal_device *device, const hal_external_handle *handle, hal_memory **out_memory);
  static void memory_adopt(hal_device *device, hal_memory_kind kind, std::uint64_t address,
                           std::uint64_t size, hal_memory **out_memory);
  static void pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out);
};

}  // namespace hal::plugins::level_zero
