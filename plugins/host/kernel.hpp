// Kernels of a module, and how the arguments of their launches are kept.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "hal/abi/objects.h"

struct hal_kernel {
  // `code` was verified and outlives this.
  hal_kernel(hal_module &owner, const hal_native_kernel &code);

  hal_device &device() const noexcept;

  bool uses_barrier() const noexcept { return (code.flags & HAL_NATIVE_USES_BARRIER) != 0; }

  struct slot {
    hal_argument_kind kind;
    std::uint32_t size;
    std::uint32_t alignment;
    // Of the value within a launch's storage; for shared memory which of the shared arguments it is.
    std::uint32_t place;
  };

  hal_module &module;
  const hal_native_kernel &code;

  // A launch's storage: a pointer for each argument, then the memory objects, then an offset for each shared
  // argument, then the values.
  std::vector<slot> slots;
  std::uint32_t memory_count = 0;
  std::uint32_t shared_count = 0;
  std::uint32_t storage_size = 0;

  // What a block took so far, in sixteenths of a nanosecond of one thread; 0 before the first launch. Decides
  // whether waking other threads pays.
  std::atomic<std::uint64_t> block_cost = 0;
};

namespace hal::plugins::host {

// Table entries; the contract is hal/abi/device.h.
struct kernel_entries {
  static void kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out);
  static void kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out);
  static void kernel_suggest_block(hal_kernel *kernel, const std::uint32_t items[3],
                                   std::uint64_t dynamic_shared_memory, std::uint32_t out_block[3]);
  static void kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                               std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks);
};

}  // namespace hal::plugins::host
