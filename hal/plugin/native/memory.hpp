// Memory of a device: allocations, imports, adoptions, and slices of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/external_memory.hpp"
#include "hal/plugin/memory.hpp"
#include "hal/plugin/native/vendor.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// How memory came to be, and so how it goes.
enum class origin {
  plain,       // mem_alloc and its like
  pool,        // mem_alloc_from_pool_async
  host,        // mem_host_alloc
  managed,     // mem_alloc_managed
  mapped,      // an exportable or imported allocation, mapped at an address of our own
  ipc,         // ipc_open_mem_handle
  external,    // import_external_memory
  registered,  // adopted host memory that we pinned
  borrowed,    // adopted, nothing to undo
  slice
};

// The vendor adds deviceptr, a number or a pointer, and release_external(memory &, ending &), which undoes
// what origin::mapped and origin::external say, as far as it got.
template <typename Vendor>
struct memory : hal_memory {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;
  using names = typename Vendor::names;
  using self = typename Vendor::memory;

  memory(typename Vendor::device &owner, origin made_by) : hal_memory{}, device(owner), from(made_by) {}
  // A part of another one.
  memory(self &whole, std::uint64_t offset, std::uint64_t part_size)
      : hal_memory(whole), device(whole.device), from(origin::slice), parent(&whole) {
    cut(*this, whole, offset, part_size);
  }
  memory(const memory &) = delete;
  memory &operator=(const memory &) = delete;

  // Frees, with the device current. What must not be freed while work runs waits for the device's streams.
  void end(ending &told) noexcept {
    if (std::exchange(ended, true)) return;
    if (from == origin::slice) {
      --parent->slices;
      return;
    }
    if (from == origin::borrowed) return;
    const typename Vendor::current_or_none current(told);
    if (!current) return;
    // Freeing waits for the work by itself, but not for what came from a pool; the others do not say.
    if (from != origin::plain && !finished) device.finish_streams(told);
    const typename Vendor::api &api = device.api;
    switch (from) {
      case origin::plain:
      case origin::pool:
      case origin::managed:
        if (base != typename Vendor::deviceptr{}) told(api.mem_free(base), names::mem_free);
        break;
      case origin::host:
        if (host_base != nullptr) told(api.mem_free_host(host_base), names::mem_free_host);
        break;
      case origin::registered:
        told(api.mem_host_unregister(host), names::mem_host_unregister);
        break;
      case origin::ipc:
        told(api.ipc_close_mem_handle(base), names::ipc_close_mem_handle);
        break;
      case origin::mapped:
      case origin::external:
        Vendor::release_external(static_cast<self &>(*this), told);
        break;
      default:
        break;
    }
  }
  // The allocation that a slice is a part of; itself otherwise.
  self &root() noexcept { return parent == nullptr ? static_cast<self &>(*this) : parent->root(); }
  bool holds(std::uint64_t at) const noexcept { return at - address < size; }

  typename Vendor::device &device;
  const origin from;
  bool ended = false;                 // nothing is left to free
  bool finished = false;              // no work uses it any more: nothing to wait for
  typename Vendor::deviceptr base{};  // what the API gave; `address` is that, aligned
  void *host_base = nullptr;          // the same for the host's side
  self *const parent = nullptr;       // of a slice
  std::atomic<std::uint32_t> slices = 0;
  std::atomic<bool> is_mapped_to_host = false;  // by memory_map

 protected:
  // Ends what no entry ended. The vendor's destructor calls it, whose members release_external looks at.
  void end_unseen() noexcept {
    ending ignored(device);
    end(ignored);
  }
  ~memory() = default;
};

// The vendor adds host_flags and managed_flags, and allocate_exportable(device &, const hal_memory_options
// &), which answers memory that memory_export can hand out.
template <typename Vendor>
struct memory_entries : slice_entries<typename Vendor::device, typename Vendor::memory>,
                        map_entries<typename Vendor::device, typename Vendor::memory> {
  using device_type = typename Vendor::device;
  using names = typename Vendor::names;
  using result = typename Vendor::result;
  using owned = std::unique_ptr<typename Vendor::memory>;

  static void memory_allocate(hal_device *device, const hal_memory_options *options,
                              hal_memory **out_memory) {
    device_type &open = open_for_work(device);
    hal_memory *&made = output(out_memory, "out_memory");
    const input_record<hal_memory_options> given(options, "The memory options");
    check(open, *given);
    const typename Vendor::current current(open);
    open.deferred.reap(open);
    open.failed.check();
    made = open.memory.insert(placed(allocate(open, *given), *given));
  }

  static void memory_free(hal_device *device, hal_memory *handle) {
    device_type &open = checked(device);
    const owned taken = open.memory.take(handle, check_unsliced<typename Vendor::memory>);
    end(open, *taken);
  }

  static void memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total) {
    device_type &open = checked(device);
    std::uint64_t &free = output(out_free, "out_free");
    std::uint64_t &total = output(out_total, "out_total");
    const typename Vendor::current current(open);
    std::size_t free_bytes = 0;
    std::size_t total_bytes = 0;
    open.check(open.api.mem_get_info(&free_bytes, &total_bytes), names::mem_get_info);
    free = free_bytes;
    total = total_bytes;
  }

  static void memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                    hal_memory **out_memory) {
    typename Vendor::stream &on = open_outside_capture(stream, "memory_allocate_async");
    device_type &open = on.device;
    hal_memory *&made = output(out_memory, "out_memory");
    const input_record<hal_memory_options> given(options, "The memory options");
    check_feature(open, HAL_FEATURE_STREAM_ALLOCATION, "Allocation in stream order");
    check(open, *given);
    if (given->kind != HAL_MEMORY_DEVICE || given->flags != 0)
      throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory without flags is allocated in stream order.");
    const typename Vendor::current current(open);
    auto fresh = std::make_unique<typename Vendor::memory>(open, origin::pool);
    const std::uint64_t size = padded_size(*given, device_alignment);
    const result allocated = with_trimmed_pool(open, [&] {
      return open.api.mem_alloc_from_pool_async(&fresh->base, size, open.pool.native(), on.native);
    });
    if (allocated != Vendor::success)
      fail_allocation(open, allocated, names::mem_alloc_from_pool_async, *given);
    made = open.memory.insert(placed(std::move(fresh), *given));
  }

  static void memory_free_async(hal_stream *stream, hal_memory *handle) {
    typename Vendor::stream &on = open_outside_capture(stream, "memory_free_async");
    device_type &open = on.device;
    check_feature(open, HAL_FEATURE_STREAM_ALLOCATION, "Freeing in stream order");
    const typename Vendor::current current(open);
    owned taken = open.memory.take(handle, check_unsliced<typename Vendor::memory>);
    if (taken->from == origin::slice || taken->from == origin::borrowed) return;
    if (taken->from != origin::plain && taken->from != origin::pool) {
      open.deferred.add(open, std::move(taken), on.native);
      return;
    }
    const result freed = open.api.mem_free_async(taken->base, on.native);
    taken->ended = freed == Vendor::success;  // otherwise the destructor frees it, and waits
    typename device_type::ending told(open);
    told(freed, names::mem_free_async);
    told.check();
  }

 private:
  // The alignment of plain memory is not documented; 256 bytes are what every driver keeps.
  static constexpr std::uint64_t device_alignment = 256;
  static constexpr std::uint64_t page = 4096;
  // Host and managed memory are not limited by the device's.
  static constexpr std::uint64_t no_limit = 1ull << 62;

  static void check(const device_type &device, const hal_memory_options &options) {
    check_memory_options(options, options.kind == HAL_MEMORY_DEVICE ? device.facts.max_allocation : no_limit,
                         export_flags(device.facts.features));
  }

  static owned placed(owned made, const hal_memory_options &options) {
    const std::uint64_t base = from_address(made->base);
    made->size = options.size;
    made->kind = options.kind;
    made->flags = options.flags;
    made->address = align_up(base, options.alignment);
    if (made->host_base != nullptr)
      made->host = static_cast<std::byte *>(made->host_base) + (made->address - base);
    return made;
  }

  // Runs `allocate` once more after the pool gave back what it kept, when the device is full.
  template <typename Allocate>
  static result with_trimmed_pool(device_type &device, Allocate &&allocate) {
    const result first = allocate();
    if (first != Vendor::out_of_memory || device.pool.native() == nullptr) return first;
    device.pool.trim(device);
    return allocate();
  }

  [[noreturn]] static void fail_allocation(device_type &device, result refused, std::string_view call,
                                           const hal_memory_options &options) {
    std::size_t free = 0;
    std::size_t total = 0;
    std::string what = std::string(call) + " of " + std::to_string(options.size) + " bytes";
    if (device.api.mem_get_info(&free, &total) == Vendor::success) {
      what += " (" + std::to_string(free) + " of " + std::to_string(total) + " bytes of device memory free)";
    }
    if (refused == Vendor::out_of_memory && options.kind == HAL_MEMORY_HOST) {
      const failure said = Vendor::failed(device.api, refused, what + " on " + device.name);
      throw failure(HAL_STATUS_OUT_OF_HOST_MEMORY, said.what(), said.native_code());
    }
    device.fail(refused, what);
  }

  static owned allocate(device_type &device, const hal_memory_options &options) {
    if (options.flags != 0) return Vendor::allocate_exportable(device, options);
    switch (options.kind) {
      case HAL_MEMORY_HOST:
        return allocate_host(device, options);
      case HAL_MEMORY_SHARED:
        return allocate_managed(device, options);
      default:
        return allocate_plain(device, options);
    }
  }

  static owned allocate_plain(device_type &device, const hal_memory_options &options) {
    auto made = std::make_unique<typename Vendor::memory>(device, origin::plain);
    const std::uint64_t size = padded_size(options, device_alignment);
    const result allocated =
        with_trimmed_pool(device, [&] { return device.api.mem_alloc(&made->base, size); });
    if (allocated != Vendor::success) fail_allocation(device, allocated, names::mem_alloc, options);
    return made;
  }

  static owned allocate_host(device_type &device, const hal_memory_options &options) {
    auto made = std::make_unique<typename Vendor::memory>(device, origin::host);
    const result allocated =
        device.api.mem_host_alloc(&made->host_base, padded_size(options, page), Vendor::host_flags);
    if (allocated != Vendor::success) fail_allocation(device, allocated, names::mem_host_alloc, options);
    device.check(device.api.mem_host_get_device_pointer(&made->base, made->host_base, 0),
                 names::mem_host_get_device_pointer);
    return made;
  }

  static owned allocate_managed(device_type &device, const hal_memory_options &options) {
    check_feature(device, HAL_FEATURE_SHARED_MEMORY, "Memory with one address for both sides");
    auto made = std::make_unique<typename Vendor::memory>(device, origin::managed);
    const result allocated = device.api.mem_alloc_managed(&made->base, padded_size(options, device_alignment),
                                                          Vendor::managed_flags);
    if (allocated != Vendor::success) fail_allocation(device, allocated, names::mem_alloc_managed, options);
    made->host_base = to_address<void *>(from_address(made->base));
    return made;
  }
};

}  // namespace hal::plugin::native
