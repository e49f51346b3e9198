// Memory of a device: allocations, imports, adoptions, and slices of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "hal/abi/objects.h"
#include "hal/plugin/memory.hpp"
#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

// How memory came to be, and so how it goes.
enum class origin {
  allocated,   // zeMemAlloc*
  imported,    // zeMemAllocDevice of a descriptor
  ipc,         // zeMemOpenIpcHandle
  registered,  // adopted host memory that we made known to the driver
  borrowed,    // adopted, nothing to undo
  slice
};

struct memory : hal_memory {
  memory(hal_device &owner, origin made_by) : hal_memory{}, device(owner), from(made_by) {}
  // A part of another one.
  memory(memory &whole, std::uint64_t offset, std::uint64_t size);
  ~memory();
  // Frees, after the work that may use it, unless it is `finished`.
  void end(ending &told) noexcept;
  memory(const memory &) = delete;
  memory &operator=(const memory &) = delete;

  // The allocation that a slice is a part of; itself otherwise.
  memory &root() noexcept { return parent == nullptr ? *this : parent->root(); }
  bool holds(std::uint64_t at) const noexcept { return at - address < size; }
  bool is_shared_with_peers() const noexcept;
  std::byte *bytes(std::uint64_t offset) const noexcept {
    return reinterpret_cast<std::byte *>(static_cast<std::uintptr_t>(address + offset));
  }

  hal_device &device;
  const origin from;
  bool ended = false;
  bool finished = false;           // no work uses it any more: nothing to wait for
  void *base = nullptr;            // what the driver gave; `address` is that, aligned
  memory *const parent = nullptr;  // of a slice
  std::atomic<std::uint32_t> slices = 0;
  std::atomic<bool> is_mapped_to_host = false;  // by memory_map
  std::atomic<bool> used_by_peers = false;      // another device's streams were given work on it
};

// Allocates by the driver's call for the kind; `export_as` is 0 or driver::external_* bits.
std::unique_ptr<memory> allocate(hal_device &device, const hal_memory_options &options,
                                 std::uint32_t export_as);

// Table entries; the contract is hal/abi/device.h.
struct memory_entries : plugin::slice_entries<hal_device, memory>, plugin::map_entries<hal_device, memory> {
  static void memory_allocate(hal_device *device, const hal_memory_options *options, hal_memory **out_memory);
  static void memory_free(hal_device *device, hal_memory *handle);
  static void memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total);
  static void memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                    hal_memory **out_memory);
  static void memory_free_async(hal_stream *stream, hal_memory *handle);
};

}  // namespace hal::plugins::level_zero
