// Memory of a device: allocations, and slices of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/plugin/memory.hpp"
#include "plugins/opencl/api.hpp"
#include "plugins/opencl/happening.hpp"

namespace hal::plugins::opencl {

// How memory came to be, and so how it goes.
enum class origin {
  plain,     // clCreateBuffer: no address
  shared,    // clSVMAlloc, with a buffer over it for what has no other entries
  usm,       // cl_intel_unified_shared_memory: an address and no buffer
  external,  // clCreateBufferWithProperties of a descriptor: no address
  slice
};

struct memory : hal_memory {
  memory(hal_device &owner, origin made_by) : hal_memory{}, device(owner), from(made_by) {}
  // A part of another one.
  memory(memory &whole, std::uint64_t part_offset, std::uint64_t part_size);
  // Frees. What must not be freed while work runs waits for the device's streams.
  ~memory();
  void end(ending &told) noexcept;
  memory(const memory &) = delete;
  memory &operator=(const memory &) = delete;

  // The allocation that a slice is a part of; itself otherwise.
  memory &root() noexcept { return parent == nullptr ? *this : parent->root(); }
  const memory &root() const noexcept { return parent == nullptr ? *this : parent->root(); }
  driver::buffer buffer() const noexcept { return root().native; }
  void *pointer(std::uint64_t at = 0) const noexcept {
    return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address + at));
  }
  bool holds(std::uint64_t at) const noexcept { return at - address < size; }
  // What a kernel is given where there is no address: the buffer of exactly this part.
  driver::buffer argument();

  hal_device &device;
  const origin from;
  bool ended = false;
  bool acquired = false;            // from its exporter
  bool finished = false;            // no work uses it any more: nothing to wait for
  driver::buffer native = nullptr;  // NULL of slices and of origin::usm
  void *base = nullptr;             // what the driver gave; `address` is that, aligned
  std::uint64_t offset = 0;         // of the first byte within the root's buffer
  memory *const parent = nullptr;   // of a slice
  std::atomic<std::uint32_t> slices = 0;
  std::mutex mutex;               // of what follows
  driver::buffer part = nullptr;  // sub-buffer of a slice, made when a kernel needs it
  void *mapped = nullptr;         // by memory_map
};

// Memory that memory_free_async took: it goes when what used it is over.
class deferred_frees {
 public:
  void add(std::unique_ptr<memory> taken, happening behind);
  // Frees what is due.
  void reap() noexcept;
  // Frees all of it, after waiting.
  void finish(hal_device &device) noexcept;

 private:
  struct waiting {
    std::unique_ptr<memory> taken;
    happening behind;
  };
  std::mutex mutex_;
  std::vector<waiting> waiting_;
};

std::unique_ptr<memory> allocate(hal_device &device, const hal_memory_options &options);
// cl_mem where there is one, the address otherwise.
void *native_of(memory &given);

// Table entries; the contract is hal/abi/device.h.
struct memory_entries : plugin::slice_entries<hal_device, memory> {
  static void memory_allocate(hal_device *device, const hal_memory_options *options, hal_memory **out_memory);
  static void memory_free(hal_device *device, hal_memory *handle);
  static void memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total);
  static void memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                         std::uint32_t access, void **out_host);
  static void memory_unmap(hal_device *device, hal_memory *handle);
  static void memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                    hal_memory **out_memory);
  static void memory_free_async(hal_stream *stream, hal_memory *handle);
  static void pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out);
};

}  // namespace hal::plugins::opencl
