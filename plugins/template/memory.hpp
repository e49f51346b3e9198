// Memory of a device: allocations and slices of them.
#pragma once

#include <atomic>
#include <cstdint>

#include "hal/abi/objects.h"
#include "hal/plugin/memory.hpp"

namespace template_plugin {

struct memory : hal_memory {
  // Allocates.
  memory(hal_device &owner, const hal_memory_options &options);
  // A part of another one.
  memory(memory &whole, std::uint64_t offset, std::uint64_t size);
  ~memory();

  hal_device &device;
  memory *const parent = nullptr;  // of a slice
  std::atomic<std::uint32_t> slices = 0;
};

// Table entries; the contract is hal/abi/device.h.
struct memory_entries : hal::plugin::slice_entries<hal_device, memory> {
  static void memory_allocate(hal_device *device, const hal_memory_options *options, hal_memory **out_memory);
  static void memory_free(hal_device *device, hal_memory *handle);
  static void memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total);
};

}  // namespace template_plugin
