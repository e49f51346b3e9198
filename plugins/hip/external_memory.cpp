#include "plugins/hip/external_memory.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/external_memory.hpp"
#include "hal/plugin/record.hpp"
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

std::unique_ptr<memory> import_any(hal_device &device, const hal_external_handle &given) {
  const plugin::external_kind &way = plugin::checked_kind(given.kind);
  check_feature(device, way.imported, "Import of memory in this way");
  return given.kind == HAL_EXTERNAL_IPC ? import_ipc(device, given) : import_dma_buf(device, given);
}

}  // namespace

std::unique_ptr<memory> allocate_exportable(hal_device &device, const hal_memory_options &options) {
  if (options.kind != HAL_MEMORY_DEVICE)
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory can be exported.");
  if (plugin::export_flags(device.facts.features) == 0)
    check_feature(device, HAL_FEATURE_MEMORY_EXPORT_IPC, "Exportable memory");
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

void release_external(memory &made, ending &told) noexcept {
  const api &api = made.device.api;
  if (made.base != nullptr) told(api.mem_free(made.base), "hipFree");
  if (made.imported != nullptr) told(api.destroy_external_memory(made.imported), "hipDestroyExternalMemory");
}

void external_memory_entries::memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                                            hal_external_handle *out) {
  hal_device &open = open_for_work(device);
  memory &given = *open.memory.find(handle);
  hal_external_handle told{};
  told.kind = kind;
  told.size = given.size;
  told.fd = -1;
  const plugin::external_kind &way = plugin::checked_kind(kind);
  check_feature(open, way.exported, "Export of memory in this way");
  plugin::check_pointer(out, "The external handle");
  memory &root = given.root();
  plugin::check_exportable(root.flags, way);
  told.offset = given.address - address_of(root.base);
  const current_device current(open);
  if (kind == HAL_EXTERNAL_IPC) {
    driver::ipc_memory_handle bytes{};
    open.check(open.api.ipc_get_mem_handle(&bytes, root.base), "hipIpcGetMemHandle");
    std::memcpy(told.bytes, bytes.bytes, sizeof bytes.bytes);
  } else {
    export_descriptor(open, root, told);
  }
  plugin::write_record(out, told, "The external handle");
}

void external_memory_entries::memory_import(hal_device *device, const hal_external_handle *handle,
                                            hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_external_handle> given(handle, "The external handle");
  plugin::check_external_handle(*given);
  const current_device current(open);
  std::unique_ptr<memory> imported;
  try {
    imported = import_any(open, *given);
  } catch (const failure &refused) {
    // The runtime has several codes for a handle that names nothing of its own, also that memory is short,
    // which an import does not need. It is one mistake.
    open.failed.check();
    if (refused.native_code() == 0) throw;
    throw failure(HAL_STATUS_INVALID_ARGUMENT, refused.what(), refused.native_code());
  }
  imported->address = address_of(imported->base) + given->offset;
  imported->size = given->size;
  imported->kind = HAL_MEMORY_DEVICE;
  made = open.memory.insert(std::move(imported));
}

}  // namespace hal::plugins::hip
