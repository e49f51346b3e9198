// Memory of the host device: allocation, slices, mapping, and what an address belongs to.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/plugin/handles.hpp"
#include "plugins/host/files.hpp"
#include "plugins/host/pages.hpp"
#include "plugins/host/wait.hpp"

namespace hal::plugins::host {

struct memory : hal_memory {
  enum class origin { allocated, imported, adopted };
  memory(hal_device &owner, pages bytes, origin from, std::uint64_t size, hal_memory_kind kind,
         std::uint32_t flags);
  // A part of another one.
  memory(memory &whole, std::uint64_t offset, std::uint64_t size);
  ~memory();

  std::byte *at(std::uint64_t offset) const noexcept {
    return reinterpret_cast<std::byte *>(static_cast<std::uintptr_t>(address)) + offset;
  }
  // The allocation that the bytes belong to.
  const memory &root() const noexcept { return parent == nullptr ? *this : parent->root(); }

  hal_device *const device;
  memory *const parent = nullptr;  // of a slice
  pages storage;                   // of all but slices
  const bool owned = false;        // allocated here, so it counts as taken from the system
  const bool adopted = false;
  use_count uses;  // work in flight; slices that have not ended
  std::atomic<std::uint32_t> slices = 0;
  std::atomic<bool> mapped = false;
};

// Ends one use of memory, and the memory itself when it was only waiting for that.
inline void release_use(memory *used) noexcept {
  if (used->uses.release()) delete used;
}

// Everything that a device has allocated, imported or adopted.
class memory_pool {
 public:
  explicit memory_pool(const file_tree &files) : files_(files) {}

  // Throws HAL_STATUS_OUT_OF_DEVICE_MEMORY when the machine or the control group can't back `size` bytes
  // more, with the figures. Linux itself would promise them, and end a process when they are touched.
  void check_available(std::uint64_t size);
  // Bytes that can be allocated now, and all there are.
  void figures(std::uint64_t &free, std::uint64_t &total) const;

  hal_memory *insert(std::unique_ptr<memory> made);
  memory *find(const hal_memory *handle) const { return live_.find(handle); }
  // Ends the handle. Throws HAL_STATUS_BUSY while slices live.
  std::unique_ptr<memory> take(const hal_memory *handle);
  std::size_t size() const { return live_.size(); }

  // The allocation that holds the address; a kind of 0 when none does.
  hal_pointer_info describe(std::uint64_t address) const;

  // Whether a value can be an address of something that was allocated here. Cheap, and true too often.
  bool may_hold(std::uint64_t value) const noexcept {
    return value >= lowest_.load(std::memory_order_relaxed) &&
           value < highest_.load(std::memory_order_relaxed);
  }

 private:
  void add_range(memory &made);
  void remove_range(const memory &made);
  // Bytes that were allocated and not touched yet.
  std::uint64_t promised() const;

  const file_tree &files_;
  plugin::handle_set<memory, hal_memory> live_{"memory"};

  mutable std::mutex mutex_;
  std::map<std::uint64_t, memory *> allocations_;  // disjoint, by address
  std::vector<memory *> adopted_;                  // may overlap anything
  std::uint64_t owned_size_ = 0;
  std::atomic<std::uint64_t> lowest_ = UINT64_MAX;
  std::atomic<std::uint64_t> highest_ = 0;
  std::atomic<std::uint64_t> unchecked_ = 0;  // bytes allocated since the last look at the system
  std::atomic<std::uint64_t> allowance_ = 0;  // how many may be, before the next look
};

// The memory behind a handle that is an argument of submitted work: not NULL and this device's.
memory &checked_memory(hal_memory *handle, const hal_device &device);

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
  static void memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                            hal_external_handle *out);
  static void memory_import(hal_device *device, const hal_external_handle *handle, hal_memory **out_memory);
  static void memory_adopt(hal_device *device, hal_memory_kind kind, std::uint64_t address,
                           std::uint64_t size, hal_memory **out_memory);
  static void pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out);
};

}  // namespace hal::plugins::host
