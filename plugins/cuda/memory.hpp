// Memory of a device: allocations, imports, adoptions, and slices of them.
#pragma once

#include <cstdint>

#include "hal/plugin/native/memory.hpp"
#include "plugins/cuda/traits.hpp"

namespace hal::plugins::cuda {

using plugin::native::origin;

struct memory : plugin::native::memory<traits> {
  using plugin::native::memory<traits>::memory;
  ~memory() { end_unseen(); }

  std::uint64_t mapped_size = 0;               // of origin::mapped, in whole granules
  driver::allocation_handle handle = 0;        // of origin::mapped
  driver::external_memory imported = nullptr;  // of origin::external
};

using memory_entries = plugin::native::memory_entries<traits>;

}  // namespace hal::plugins::cuda
