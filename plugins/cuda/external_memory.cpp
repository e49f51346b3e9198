#include "plugins/cuda/external_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

constexpr std::uint64_t dma_buf_granule = 4096;  // a page: what a dma-buf is counted in

driver::allocation_properties exportable_properties(const hal_device &device) {
  driver::allocation_properties wanted{};
  wanted.type = driver::allocation_pinned;
  wanted.handle_types = driver::handle_posix_fd;
  wanted.where = plugin::native::location_of<traits>(device);
  wanted.gpu_direct_rdma = device.has(HAL_FEATURE_MEMORY_EXPORT_DMA_BUF) ? 1 : 0;
  return wanted;
}

std::uint64_t granularity(hal_device &device) {
  const driver::allocation_properties wanted = exportable_properties(device);
  std::size_t granule = 0;
  device.check(device.api.mem_get_allocation_granularity(&granule, &wanted, driver::granularity_minimum),
               "cuMemGetAllocationGranularity");
  return std::max<std::uint64_t>(granule, 1);
}

std::uint64_t round_up(std::uint64_t size, std::uint64_t granule) {
  const std::uint64_t padded = size + (granule - 1);
  return padded < size ? 0 : padded / granule * granule;
}

// Gives the handle an address that this device reads and writes.
void map(memory &made, std::uint64_t alignment) {
  hal_device &device = made.device;
  device.check(device.api.mem_address_reserve(&made.base, made.mapped_size, alignment, 0, 0),
               "cuMemAddressReserve");
  const driver::result mapped = device.api.mem_map(made.base, made.mapped_size, 0, made.handle, 0);
  if (mapped != driver::CUDA_SUCCESS) {
    device.api.mem_address_free(made.base, made.mapped_size);
    made.base = 0;
    device.fail(mapped, fmt::format("cuMemMap of {} bytes", made.mapped_size));
  }
  const driver::access_description access{plugin::native::location_of<traits>(device),
                                          driver::access_read_write};
  device.check(device.api.mem_set_access(made.base, made.mapped_size, &access, 1), "cuMemSetAccess");
}

std::unique_ptr<memory> import_descriptor(hal_device &device, const hal_external_handle &given) {
  auto made = std::make_unique<memory>(device, origin::mapped);
  const driver::result imported = device.api.mem_import_from_shareable_handle(
      &made->handle, reinterpret_cast<void *>(static_cast<std::intptr_t>(given.fd)), driver::handle_posix_fd);
  device.check(imported, fmt::format("cuMemImportFromShareableHandle of descriptor {}", given.fd));
  // What the exporter mapped travels in `bytes`; a handle from elsewhere is mapped as far as it is needed.
  std::memcpy(&made->mapped_size, given.bytes, sizeof made->mapped_size);
  const std::uint64_t needed = round_up(given.offset + given.size, granularity(device));
  if (made->mapped_size == 0) made->mapped_size = needed;
  if (needed == 0 || needed > made->mapped_size) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The descriptor holds {} bytes; {} bytes at offset {} were asked for.",
                              made->mapped_size, given.size, given.offset));
  }
  map(*made, 0);
  return made;
}

std::unique_ptr<memory> import_dma_buf(hal_device &device, const hal_external_handle &given) {
  auto made = std::make_unique<memory>(device, origin::external);
  driver::external_memory_description wanted{};
  wanted.type = driver::external_dma_buf_fd;
  wanted.handle.fd = given.fd;
  wanted.size = round_up(given.offset + given.size, dma_buf_granule);
  device.check(device.api.import_external_memory(&made->imported, &wanted),
               fmt::format("cuImportExternalMemory of dma-buf {}", given.fd));
  driver::external_buffer_description range{};
  range.size = wanted.size;
  device.check(device.api.external_memory_get_mapped_buffer(&made->base, made->imported, &range),
               fmt::format("cuExternalMemoryGetMappedBuffer of {} bytes", wanted.size));
  return made;
}

std::unique_ptr<memory> import_ipc(hal_device &device, const hal_external_handle &given) {
  driver::ipc_memory_handle bytes;
  std::memcpy(bytes.bytes, given.bytes, sizeof bytes.bytes);
  driver::deviceptr base = 0;
  device.check(device.api.ipc_open_mem_handle(&base, bytes, driver::ipc_lazy_enable_peer_access),
               "cuIpcOpenMemHandle");
  auto made = std::make_unique<memory>(device, origin::ipc);
  made->base = base;
  return made;
}

// The driver has no memory that leaves both as a descriptor and as an IPC handle. What leaves as a descriptor
// leaves as a dma-buf as well. HAL_MEMORY_EXPORTABLE alone is descriptors where there are any.
bool leaves_as_bytes(const hal_device &device, std::uint32_t flags) noexcept {
  return (flags & HAL_MEMORY_EXPORT_IPC) != 0 ||
         ((flags & HAL_MEMORY_EXPORTABLE) != 0 && !device.has(HAL_FEATURE_MEMORY_EXPORT_FD));
}

}  // namespace

std::unique_ptr<memory> traits::allocate_exportable(hal_device &device, const hal_memory_options &options) {
  if (options.kind != HAL_MEMORY_DEVICE)
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory can be exported.");
  if (leaves_as_bytes(device, options.flags)) {
    plugin::check_feature(device, HAL_FEATURE_MEMORY_EXPORT_IPC, "Exportable memory");
    if ((options.flags & (HAL_MEMORY_EXPORT_FD | HAL_MEMORY_EXPORT_DMA_BUF)) != 0) {
      throw failure(HAL_STATUS_UNSUPPORTED,
                    "CUDA has no memory that is exported both as a descriptor and as an IPC handle; allocate "
                    "for one of the two.");
    }
    auto made = std::make_unique<memory>(device, origin::plain);
    device.check(device.api.mem_alloc(&made->base, plugin::padded_size(options, 256)),
                 fmt::format("cuMemAlloc of {} bytes", options.size));
    return made;
  }
  auto made = std::make_unique<memory>(device, origin::mapped);
  const std::uint64_t granule = granularity(device);
  made->mapped_size = round_up(options.size, granule);
  const driver::allocation_properties wanted = exportable_properties(device);
  device.check(device.api.mem_create(&made->handle, made->mapped_size, &wanted, 0),
               fmt::format("cuMemCreate of {} bytes", made->mapped_size));
  map(*made, options.alignment > granule ? options.alignment : 0);
  return made;
}

void traits::release_external(memory &made, ending &told) noexcept {
  const api &api = made.device.api;
  if (made.from == origin::external) {
    if (made.base != 0) told(api.mem_free(made.base), "cuMemFree");
    if (made.imported != nullptr) told(api.destroy_external_memory(made.imported), "cuDestroyExternalMemory");
    return;
  }
  if (made.base != 0) {
    told(api.mem_unmap(made.base, made.mapped_size), "cuMemUnmap");
    told(api.mem_address_free(made.base, made.mapped_size), "cuMemAddressFree");
  }
  if (made.handle != 0) told(api.mem_release(made.handle), "cuMemRelease");
}

void traits::export_to(hal_device &device, memory &root, hal_external_handle &told) {
  if (const bool as_bytes = leaves_as_bytes(device, root.flags);
      as_bytes != (told.kind == HAL_EXTERNAL_IPC)) {
    throw failure(
        HAL_STATUS_INVALID_STATE,
        fmt::format("The memory was allocated with the flags {}, with which this driver exports it as "
                    "{} only.",
                    root.flags, as_bytes ? "an IPC handle" : "a descriptor"));
  }
  const auto &api = device.api;
  if (told.kind == HAL_EXTERNAL_FD) {
    device.check(api.mem_export_to_shareable_handle(&told.fd, root.handle, driver::handle_posix_fd, 0),
                 names::mem_export_to_shareable_handle);
    std::memcpy(told.bytes, &root.mapped_size, sizeof root.mapped_size);
  } else if (told.kind == HAL_EXTERNAL_DMA_BUF) {
    device.check(api.mem_get_handle_for_address_range(&told.fd, root.base, root.mapped_size,
                                                      driver::range_dma_buf_fd, 0),
                 names::mem_get_handle_for_address_range);
  } else {
    driver::ipc_memory_handle bytes{};
    device.check(api.ipc_get_mem_handle(&bytes, root.base), names::ipc_get_mem_handle);
    std::memcpy(told.bytes, bytes.bytes, sizeof bytes.bytes);
  }
}

std::unique_ptr<memory> traits::import(hal_device &device, const hal_external_handle &given) {
  if (given.kind == HAL_EXTERNAL_FD) return import_descriptor(device, given);
  return given.kind == HAL_EXTERNAL_IPC ? import_ipc(device, given) : import_dma_buf(device, given);
}

bool traits::names_nothing(const plugin::failure &refused) noexcept {
  return refused.status() != HAL_STATUS_OUT_OF_DEVICE_MEMORY;
}

}  // namespace hal::plugins::cuda
