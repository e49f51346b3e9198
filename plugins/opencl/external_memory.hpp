// Memory that others exported, by cl_khr_external_memory. OpenCL itself exports none.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/opencl/api.hpp"

namespace hal::plugins::opencl {

struct memory;

// Hands it back to its exporter, after the work that uses it.
void release_external(memory &made, ending &told) noexcept;

// Table entry; the contract is hal/abi/device.h.
struct external_memory_entries {
  static void memory_import(hal_device *device, const hal_external_handle *handle, hal_memory **out_memory);
};

}  // namespace hal::plugins::opencl
