#include "plugins/hip/external_memory.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/external_memory.hpp"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {

using plugin::failure;

namespace {

constexpr std::uint64_t granule = 4096;  // a page: what a dma-buf is counted in

std::uint64_t round_up(std::uint64_t size) {
  const std::uint64_t padded = size + (granule - 1);
  return padded < size ? 0 : padded / granule * granule;
}

// A descriptor of the memory and where the memory begins in it: the layer below gives out parts of larger
// blocks, and only its own entry tells which part it was.
void export_descriptor(hal_device &device, const memory &root, hal_external_handle &told) {
  if (device.api.export_dma_buf != nullptr) {
    std::uint64_t begin = 0;
    const int refused = device.api.export_dma_buf(root.base, root.base_size, &told.fd, &begin);
    if (refused != 0) {
      throw failure(HAL_STATUS_INTERNAL,
                    fmt::format("hsa_amd_portable_export_dmabuf of {} bytes on {} failed: {:#x}.",
                                root.base_size, device.name, refused),
                    refused);
    }
    told.offset += begin;
    return;
  }
  device.check(device.api.mem_get_handle_for_address_range(&told.fd, root.base, root.base_size,
                                                           driver::range_dma_buf_fd, 0),
               fmt::format("hipMemGetHandleForAddressRange of {} bytes", root.base_size));
}

std::unique_ptr<memory> import_dma_buf(hal_device &device, const hal_external_handle &given) {
  auto made = std::make_unique<memory>(device, origin::external);
  driver::external_memory_description wanted{};
  // What Vulkan calls an opaque descriptor is a dma-buf to the amdgpu driver.
  wanted.type = driver::external_opaque_fd;
  wanted.handle.fd = given.fd;
  wanted.size = round_up(given.offset + given.size);
  device.check(device.api.import_external_memory(&made->imported, &wanted),
               fmt::format("hipImportExternalMemory of descriptor {}", given.fd));
  driver::external_buffer_description range{};
  range.size = wanted.size;
  device.check(device.api.external_memory_get_mapped_buffer(&made->base, made->imported, &range),
               fmt::format("hipExternalMemoryGetMappedBuffer of {} bytes", wanted.size));
  return made;
}

std::unique_ptr<memory> import_ipc(hal_device &device, const hal_external_handle &given) {
  driver::ipc_memory_handle bytes;
  std::memcpy(bytes.bytes, given.bytes, sizeof bytes.bytes);
  driver::deviceptr base = nullptr;
  driver::result opened = device.api.ipc_open_mem_handle(&base, bytes, driver::ipc_lazy_enable_peer_access);
  if (opened == driver::hipErrorInvalidValue)
    opened = device.api.ipc_open_mem_handle(&base, bytes, driver::ipc_lazy_enable_peer_access_52);
  device.check(opened, "hipIpcOpenMemHandle");
  auto made = std::make_unique<memory>(device, origin::ipc);
  made->base = base;
  return made;
}

}  // namespace

std::unique_ptr<memory> traits::allocate_exportable(hal_device &device, const hal_memory_options &options) {
  if (options.kind != HAL_MEMORY_DEVICE)
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory can be exported.");
  if (plugin::export_flags(device.facts.features) == 0)
    plugin::check_feature(device, HAL_FEATURE_MEMORY_EXPORT_IPC, "Exportable memory");
  auto made = std::make_unique<memory>(device, origin::plain);
  made->base_size = round_up(plugin::padded_size(options, granule));
  const bool fine = device.api.mem_alloc_with_flags != nullptr &&
                    attribute_of(device.api, device.native, driver::fine_grain_support) > 0;
  const driver::result result =
      made->base_size == 0 ? driver::hipErrorOutOfMemory
      : fine ? device.api.mem_alloc_with_flags(&made->base, made->base_size, driver::malloc_fine_grained)
             : device.api.mem_alloc(&made->base, made->base_size);
  device.check(result,
               fmt::format("{} of {} bytes", fine ? "hipExtMallocWithFlags" : "hipMalloc", options.size));
  return made;
}

void traits::release_external(memory &made, ending &told) noexcept {
  const api &api = made.device.api;
  if (made.base != nullptr) told(api.mem_free(made.base), "hipFree");
  if (made.imported != nullptr) told(api.destroy_external_memory(made.imported), "hipDestroyExternalMemory");
}

void traits::export_to(hal_device &device, memory &root, hal_external_handle &told) {
  if (told.kind != HAL_EXTERNAL_IPC) return export_descriptor(device, root, told);
  driver::ipc_memory_handle bytes{};
  device.check(device.api.ipc_get_mem_handle(&bytes, root.base), names::ipc_get_mem_handle);
  std::memcpy(told.bytes, bytes.bytes, sizeof bytes.bytes);
}

std::unique_ptr<memory> traits::import(hal_device &device, const hal_external_handle &given) {
  return given.kind == HAL_EXTERNAL_IPC ? import_ipc(device, given) : import_dma_buf(device, given);
}

// Also that memory is short, which an import does not need.
bool traits::names_nothing(const plugin::failure &) noexcept {
  return true;
}

}  // namespace hal::plugins::hip
