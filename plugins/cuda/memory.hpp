// Memory of a device: allocations, imports, adoptions, and slices of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda {

// How memory came to be, and so how it goes.
enum class origin {
  plain,       // cuMemAlloc
  pool,        // cuMemAllocFromPoolAsync
  host,        // cuMemHostAlloc
  managed,     // cuMemAllocManaged
  mapped,      // cuMemCreate or an imported descriptor, mapped at an address of our own
  ipc,         // cuIpcOpenMemHandle
  external,    // cuImportExternalMemory
  registered,  // adopted host memory that we pinned
  borrowed,    // adopted, nothing to undo
  slice
};

struct memory : hal_memory {
  memory(hal_device &owner, origin made_by) : hal_memory{}, device(owner), from(made_by) {}
  // A part of another one.
  memory(memory &whole, std::uint64_t offset, std::uint64_t size);
  ~memory();
  memory(const memory &) = delete;
  memory &operator=(const memory &) = delete;

  // Frees, in the device's context. What must not be freed while work runs waits for the device's streams.
  void end(ending &told) noexcept;
  // The allocation that a slice is a part of; itself otherwise.
  memory &root() noexcept { return parent == nullptr ? *this : parent->root(); }
  bool holds(std::uint64_t at) const noexcept { return at - address < size; }

  hal_device &device;
  const origin from;
  bool ended = false;                          // nothing is left to free
  bool finished = false;                       // no work uses it any more: nothing to wait for
  driver::deviceptr base = 0;                  // what the driver gave; `address` is that, aligned
  void *host_base = nullptr;                   // the same for the host's side
  std::uint64_t mapped_size = 0;               // of origin::mapped, in whole granules
  driver::allocation_handle handle = 0;        // of origin::mapped
  driver::external_memory imported = nullptr;  // of origin::external
  memory *const parent = nullptr;              // of a slice
  std::atomic<std::uint32_t> slices = 0;
  std::atomic<bool> is_mapped_to_host = false;  // by memory_map
};

// Stream-ordered memory comes from a pool of the opening's own, so that its settings are not the program's.
class stream_pool {
 public:
  // Does nothing where the device has no pools.
  void open(hal_device &device);
  void close(ending &told) noexcept;
  // Gives what no allocation uses back to the driver.
  void trim(const hal_device &device) noexcept;
  driver::memory_pool native() const noexcept { return native_; }

 private:
  driver::memory_pool native_ = nullptr;
};

// Memory that memory_free_async took and the driver cannot free in stream order: it goes when an event behind
// its last use has happened.
class deferred_frees {
 public:
  void add(hal_device &device, std::unique_ptr<memory> taken, driver::stream behind);
  // Frees what is due; the device's context is current.
  void reap(hal_device &device);
  // Frees all of it, after waiting.
  void finish(ending &told) noexcept;

 private:
  struct waiting {
    std::unique_ptr<memory> taken;
    driver::event event;
  };
  std::mutex mutex_;
  std::vector<waiting> waiting_;
};

// The memory behind a handle that is an argument of work: not NULL and this device's.
memory &checked_memory(hal_memory *handle, const hal_device &device);
// Fails while slices of it live.
void check_no_slices(const memory &taken);
// The location record of a device's own memory.
driver::location location_of(const hal_device &device);

// Table entries; the contract is hal/abi/device.h.
struct memory_entries {
  static void memory_allocate(hal_device *device, const hal_memory_options *options, hal_memory **out_memory);
  static void memory_free(hal_device *device, hal_memory *handle);
  static void memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total);
  static void memory_slice(hal_device *device, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                           hal_memory **out_slice);
  static void memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset, std::uint64_t size,
                         std::uint32_t access, void **out_host);
  static void memory_unmap(hal_device *device, hal_memory *handle);
  static void memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                    hal_memory **out_memory);
  static void memory_free_async(hal_stream *stream, hal_memory *handle);
};

}  // namespace hal::plugins::cuda
