#include "plugins/hip/memory.hpp"

#include <fmt/format.h>

#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/external_memory.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/external_memory.hpp"

namespace hal::plugins::hip {

using plugin::failure;

namespace {

// hipMalloc's alignment is not documented; 256 bytes are what every runtime keeps.
constexpr std::uint64_t device_alignment = 256;
constexpr std::uint64_t page = 4096;
// Host and managed memory are not limited by the device's.
constexpr std::uint64_t no_limit = 1ull << 62;

void place(memory &made, const hal_memory_options &options) {
  made.size = options.size;
  made.kind = options.kind;
  made.flags = options.flags;
  made.address = plugin::align_up(address_of(made.base), options.alignment);
  if (made.host_base != nullptr)
    made.host = static_cast<std::byte *>(made.host_base) + (made.address - address_of(made.base));
}

// Runs `allocate` once more after the pool gave back what it kept, when the device is full.
template <typename Allocate>
driver::result with_trimmed_pool(hal_device &device, Allocate &&allocate) {
  driver::result result = allocate();
  if (result != driver::hipErrorOutOfMemory || device.pool.native() == nullptr) return result;
  device.pool.trim(device);
  return allocate();
}

[[noreturn]] void fail_allocation(hal_device &device, driver::result result, const char *call,
                                  const hal_memory_options &options) {
  std::size_t free = 0;
  std::size_t total = 0;
  const bool told = device.api.mem_get_info(&free, &total) == driver::hipSuccess;
  const std::string what =
      fmt::format("{} of {} bytes{}", call, options.size,
                  told ? fmt::format(" ({} of {} bytes of device memory free)", free, total) : "");
  if (result == driver::hipErrorOutOfMemory && options.kind == HAL_MEMORY_HOST) {
    const failure refused = vendor_failure(device.api, result, what + " on " + device.name);
    throw failure(HAL_STATUS_OUT_OF_HOST_MEMORY, refused.what(), refused.native_code());
  }
  device.fail(result, what);
}

std::unique_ptr<memory> allocate_plain(hal_device &device, const hal_memory_options &options) {
  auto made = std::make_unique<memory>(device, origin::plain);
  const std::uint64_t size = plugin::padded_size(options, device_alignment);
  const driver::result result =
      with_trimmed_pool(device, [&] { return device.api.mem_alloc(&made->base, size); });
  if (result != driver::hipSuccess) fail_allocation(device, result, "hipMalloc", options);
  return made;
}

std::unique_ptr<memory> allocate_host(hal_device &device, const hal_memory_options &options) {
  auto made = std::make_unique<memory>(device, origin::host);
  const driver::result result =
      device.api.mem_host_alloc(&made->host_base, plugin::padded_size(options, page),
                                driver::host_portable | driver::host_device_map | driver::host_coherent);
  if (result != driver::hipSuccess) fail_allocation(device, result, "hipHostMalloc", options);
  device.check(device.api.mem_host_get_device_pointer(&made->base, made->host_base, 0),
               "hipHostGetDevicePointer");
  return made;
}

std::unique_ptr<memory> allocate_managed(hal_device &device, const hal_memory_options &options) {
  check_feature(device, HAL_FEATURE_SHARED_MEMORY, "Memory with one address for both sides");
  auto made = std::make_unique<memory>(device, origin::managed);
  const driver::result result = device.api.mem_alloc_managed(
      &made->base, plugin::padded_size(options, device_alignment), driver::managed_attach_global);
  if (result != driver::hipSuccess) fail_allocation(device, result, "hipMallocManaged", options);
  made->host_base = made->base;
  return made;
}

std::unique_ptr<memory> allocate(hal_device &device, const hal_memory_options &options) {
  if (options.flags != 0) return allocate_exportable(device, options);
  switch (options.kind) {
    case HAL_MEMORY_HOST:
      return allocate_host(device, options);
    case HAL_MEMORY_SHARED:
      return allocate_managed(device, options);
    default:
      return allocate_plain(device, options);
  }
}

}  // namespace

memory::memory(memory &whole, std::uint64_t offset, std::uint64_t part_size)
    : hal_memory(whole), device(whole.device), from(origin::slice), parent(&whole) {
  address += offset;
  size = part_size;
  if (host != nullptr) host = static_cast<std::byte *>(host) + offset;
  ++whole.slices;
}

memory::~memory() {
  ending ignored(device);
  end(ignored);
}

void memory::end(ending &told) noexcept {
  if (std::exchange(ended, true)) return;
  if (from == origin::slice) {
    --parent->slices;
    return;
  }
  if (from == origin::borrowed) return;
  const current_device_or_none current(told);
  if (!current) return;
  // hipFree is documented to wait for the device, but not for what came from a pool; the others do not say.
  if (from != origin::plain && !finished) device.finish_streams(told);
  const api &api = device.api;
  switch (from) {
    case origin::plain:
    case origin::pool:
    case origin::managed:
      if (base != nullptr) told(api.mem_free(base), "hipFree");
      break;
    case origin::host:
      if (host_base != nullptr) told(api.mem_free_host(host_base), "hipHostFree");
      break;
    case origin::registered:
      told(api.mem_host_unregister(host), "hipHostUnregister");
      break;
    case origin::ipc:
      told(api.ipc_close_mem_handle(base), "hipIpcCloseMemHandle");
      break;
    case origin::external:
      release_external(*this, told);
      break;
    default:
      break;
  }
}

memory &checked_memory(hal_memory *handle, const hal_device &device) {
  memory &given = static_cast<memory &>(plugin::check_handle(handle, "memory"));
  if (&given.device != &device) [[unlikely]]
    throw failure(HAL_STATUS_INVALID_HANDLE, "The memory belongs to another device than the stream.");
  return given;
}

void check_no_slices(const memory &taken) {
  plugin::check_no_slices(taken.size, taken.slices);
}

driver::location location_of(const hal_device &device) {
  return {driver::location_device, device.native};
}

void memory_entries::memory_allocate(hal_device *device, const hal_memory_options *options,
                                     hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  plugin::check_memory_options(*given,
                               given->kind == HAL_MEMORY_DEVICE ? open.facts.max_allocation : no_limit,
                               plugin::export_flags(open.facts.features));
  const current_device current(open);
  open.deferred.reap(open);
  open.failed.check();
  std::unique_ptr<memory> fresh = allocate(open, *given);
  place(*fresh, *given);
  made = open.memory.insert(std::move(fresh));
}

void memory_entries::memory_free(hal_device *device, hal_memory *handle) {
  hal_device &open = checked(device);
  const std::unique_ptr<memory> taken = open.memory.take(handle, check_no_slices);
  end(open, *taken);
}

void memory_entries::memory_info(hal_device *device, std::uint64_t *out_free, std::uint64_t *out_total) {
  hal_device &open = checked(device);
  std::uint64_t &free = plugin::output(out_free, "out_free");
  std::uint64_t &total = plugin::output(out_total, "out_total");
  const current_device current(open);
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  open.check(open.api.mem_get_info(&free_bytes, &total_bytes), "hipMemGetInfo");
  free = free_bytes;
  total = total_bytes;
}

void memory_entries::memory_slice(hal_device *device, hal_memory *handle, std::uint64_t offset,
                                  std::uint64_t size, hal_memory **out_slice) {
  hal_device &open = open_for_work(device);
  hal_memory *&slice = plugin::output(out_slice, "out_slice");
  memory &whole = *open.memory.find(handle);
  plugin::check_slice(whole, offset, size);
  slice = open.memory.insert(std::make_unique<memory>(whole, offset, size));
}

void memory_entries::memory_map(hal_device *device, hal_memory *handle, std::uint64_t offset,
                                std::uint64_t size, std::uint32_t access, void **out_host) {
  hal_device &open = open_for_work(device);
  void *&host = plugin::output(out_host, "out_host");
  memory &mapped = *open.memory.find(handle);
  plugin::check_mapping(mapped, offset, size, access);
  if (mapped.host == nullptr) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  "The host reaches device memory by copies only; it cannot be mapped.");
  }
  if (mapped.is_mapped_to_host.exchange(true))
    throw failure(HAL_STATUS_INVALID_STATE, "The memory is mapped already; memory_unmap comes first.");
  host = static_cast<std::byte *>(mapped.host) + offset;
}

void memory_entries::memory_unmap(hal_device *device, hal_memory *handle) {
  memory &mapped = *checked(device).memory.find(handle);
  if (!mapped.is_mapped_to_host.exchange(false))
    throw failure(HAL_STATUS_INVALID_STATE, "The memory is not mapped.");
}

void memory_entries::memory_allocate_async(hal_stream *stream, const hal_memory_options *options,
                                           hal_memory **out_memory) {
  hal_stream &on = open_outside_capture(stream, "memory_allocate_async");
  hal_device &open = on.device;
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_memory_options> given(options, "The memory options");
  check_feature(open, HAL_FEATURE_STREAM_ALLOCATION, "Allocation in stream order");
  plugin::check_memory_options(*given,
                               given->kind == HAL_MEMORY_DEVICE ? open.facts.max_allocation : no_limit);
  if (given->kind != HAL_MEMORY_DEVICE || given->flags != 0) {
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory without flags is allocated in stream order.");
  }
  const current_device current(open);
  auto fresh = std::make_unique<memory>(open, origin::pool);
  const std::uint64_t size = plugin::padded_size(*given, device_alignment);
  const driver::result result = with_trimmed_pool(open, [&] {
    return open.api.mem_alloc_from_pool_async(&fresh->base, size, open.pool.native(), on.native);
  });
  if (result != driver::hipSuccess) fail_allocation(open, result, "hipMallocFromPoolAsync", *given);
  place(*fresh, *given);
  made = open.memory.insert(std::move(fresh));
}

void memory_entries::memory_free_async(hal_stream *stream, hal_memory *handle) {
  hal_stream &on = open_outside_capture(stream, "memory_free_async");
  hal_device &open = on.device;
  check_feature(open, HAL_FEATURE_STREAM_ALLOCATION, "Freeing in stream order");
  const current_device current(open);
  std::unique_ptr<memory> taken = open.memory.take(handle, check_no_slices);
  if (taken->from == origin::slice || taken->from == origin::borrowed) return;
  if (taken->from != origin::plain && taken->from != origin::pool) {
    open.deferred.add(open, std::move(taken), on.native);
    return;
  }
  const driver::result result = open.api.mem_free_async(taken->base, on.native);
  taken->ended = result == driver::hipSuccess;  // otherwise the destructor frees it, and waits
  ending told(open);
  told(result, "hipFreeAsync");
  told.check();
}

}  // namespace hal::plugins::hip
