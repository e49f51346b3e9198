// Memory of a device: allocations, imports, adoptions, and slices of them.
#pragma once

#include <cstdint>

#include "hal/plugin/native/memory.hpp"
#include "plugins/hip/traits.hpp"

namespace hal::plugins::hip {

using plugin::native::origin;

struct memory : plugin::native::memory<traits> {
  using plugin::native::memory<traits>::memory;
  ~memory() { end_unseen(); }

  std::uint64_t base_size = 0;                 // of what can be exported, in whole pages
  driver::external_memory imported = nullptr;  // of origin::external
};

using memory_entries = plugin::native::memory_entries<traits>;

// An address as the runtime takes it.
inline driver::deviceptr pointer(std::uint64_t address) noexcept {
  return plugin::native::to_address<driver::deviceptr>(address);
}

}  // namespace hal::plugins::hip
