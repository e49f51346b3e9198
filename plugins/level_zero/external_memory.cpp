#include "plugins/level_zero/external_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

// Descriptors in which an exportable allocation may leave.
std::uint32_t descriptor_kinds(const hal_device &device) {
  std::uint32_t kinds = 0;
  if (device.has(HAL_FEATURE_EXPORT_FD)) kinds |= driver::external_opaque_fd;
  if (device.has(HAL_FEATURE_EXPORT_DMA_BUF)) kinds |= driver::external_dma_buf;
  return kinds;
}

constexpr std::uint32_t descriptor_kind(hal_external_kind kind) {
  return kind == HAL_EXTERNAL_FD ? driver::external_opaque_fd : driver::external_dma_buf;
}

// A descriptor of the caller's own: the driver's belongs to the allocation.
int export_descriptor(hal_device &device, const memory &root, hal_external_kind kind) {
  driver::external_fd told{driver::export_fd_type, nullptr, descriptor_kind(kind), -1};
  driver::allocation_properties facts{};
  facts.type = driver::allocation_properties_type;
  facts.next = &told;
  device.check(device.api.mem_get_alloc_properties(device.context->native, root.base, &facts, nullptr),
               "zeMemGetAllocProperties with an export");
  const int own = told.fd < 0 ? -1 : fcntl(told.fd, F_DUPFD_CLOEXEC, 0);
  if (own >= 0) return own;
  throw failure(
      HAL_STATUS_RESOURCE_EXHAUSTED,
      fmt::format("The exported descriptor {} cannot be duplicated: {}.", told.fd, std::strerror(errno)),
      errno);
}

std::unique_ptr<memory> import_descriptor(hal_device &device, const hal_external_handle &given) {
  auto made = std::make_unique<memory>(device, origin::imported);
  const driver::external_fd source{driver::import_fd_type, nullptr, descriptor_kind(given.kind), given.fd};
  const driver::device_allocation wanted{driver::device_allocation_type, &source, 0, 0};
  device.check(
      device.api.mem_alloc_device(device.context->native, &wanted, given.offset + given.size, 0,
                                  device.native, &made->base),
      fmt::format("zeMemAllocDevice of {} bytes of descriptor {}", given.offset + given.size, given.fd));
  return made;
}

std::unique_ptr<memory> import_ipc(hal_device &device, const hal_external_handle &given) {
  driver::ipc_handle handle;
  std::memcpy(handle.bytes, given.bytes, sizeof handle.bytes);
  auto made = std::make_unique<memory>(device, origin::ipc);
  device.check(device.api.mem_open_ipc_handle(device.context->native, device.native, handle, 0, &made->base),
               "zeMemOpenIpcHandle");
  return made;
}

// Throws when the allocation that was imported ends before what was asked for.
void check_imported_size(hal_device &device, const memory &made, const hal_external_handle &given) {
  void *base = nullptr;
  std::size_t size = 0;
  device.check(device.api.mem_get_address_range(device.context->native, made.base, &base, &size),
               "zeMemGetAddressRange of imported memory");
  if (given.offset > size || given.size > size - given.offset) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The handle holds {} bytes; {} bytes at offset {} were asked for.", size,
                              given.size, given.offset));
  }
}

std::unique_ptr<memory> import_any(hal_device &device, const hal_external_handle &given) {
  switch (given.kind) {
    case HAL_EXTERNAL_FD:
      check_feature(device, HAL_FEATURE_EXPORT_FD, "Import of a descriptor");
      return import_descriptor(device, given);
    case HAL_EXTERNAL_DMA_BUF:
      check_feature(device, HAL_FEATURE_EXPORT_DMA_BUF, "Import of a dma-buf");
      return import_descriptor(device, given);
    case HAL_EXTERNAL_IPC:
      check_feature(device, HAL_FEATURE_EXPORT_IPC, "Import of an IPC handle");
      return import_ipc(device, given);
    default:
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    fmt::format("{} is no kind of external memory; kinds are 1 to 3.", given.kind));
  }
}

void check_external_handle(const hal_external_handle &given) {
  std::uint64_t end = 0;
  if (given.size == 0 || __builtin_add_overflow(given.offset, given.size, &end)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The external handle names {} bytes at offset {}, which no memory has.",
                              given.size, given.offset));
  }
  if (given.kind != HAL_EXTERNAL_IPC && given.fd < 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The external handle's descriptor is {}, which is none.", given.fd));
  }
}

}  // namespace

std::unique_ptr<memory> allocate_exportable(hal_device &device, const hal_memory_options &options) {
  if (options.kind != HAL_MEMORY_DEVICE)
    throw failure(HAL_STATUS_UNSUPPORTED, "Only device memory can be exported.");
  const std::uint32_t kinds = descriptor_kinds(device);
  if (kinds == 0) check_feature(device, HAL_FEATURE_EXPORT_IPC, "Exportable memory");
  return allocate(device, options, kinds);
}

void external_memory_entries::memory_export(hal_device *device, hal_memory *handle, hal_external_kind kind,
                                            hal_external_handle *out) {
  hal_device &open = open_for_work(device);
  memory &given = *open.memory.find(handle);
  hal_external_handle told{};
  told.kind = kind;
  told.size = given.size;
  told.fd = -1;
  if (kind < HAL_EXTERNAL_FD || kind > HAL_EXTERNAL_IPC) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} is no kind of external memory; kinds are 1 to 3.", kind));
  }
  constexpr std::uint64_t features[] = {HAL_FEATURE_EXPORT_FD, HAL_FEATURE_EXPORT_DMA_BUF,
                                        HAL_FEATURE_EXPORT_IPC};
  check_feature(open, features[kind - HAL_EXTERNAL_FD], "Export of memory in this way");
  plugin::check_pointer(out, "The external handle");
  memory &root = given.root();
  if ((root.flags & HAL_MEMORY_EXPORTABLE) == 0) {
    throw failure(HAL_STATUS_INVALID_STATE,
                  "The memory was not allocated with HAL_MEMORY_EXPORTABLE and cannot be exported.");
  }
  told.offset = given.address - reinterpret_cast<std::uintptr_t>(root.base);
  if (kind == HAL_EXTERNAL_IPC) {
    driver::ipc_handle bytes{};
    open.check(open.api.mem_get_ipc_handle(open.context->native, root.base, &bytes), "zeMemGetIpcHandle");
    std::memcpy(told.bytes, bytes.bytes, sizeof bytes.bytes);
  } else {
    told.fd = export_descriptor(open, root, kind);
  }
  try {
    plugin::write_record(out, told, "The external handle");
  } catch (...) {
    if (told.fd >= 0) close(told.fd);
    throw;
  }
}

void external_memory_entries::memory_import(hal_device *device, const hal_external_handle *handle,
                                            hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  const plugin::input_record<hal_external_handle> given(handle, "The external handle");
  check_external_handle(*given);
  std::unique_ptr<memory> imported;
  try {
    imported = import_any(open, *given);
    check_imported_size(open, *imported, *given);
  } catch (const failure &refused) {
    // The driver has several codes for a handle that names nothing of its own; it is one mistake.
    open.failed.check();
    if (refused.native_code() == 0 || refused.status() == HAL_STATUS_OUT_OF_DEVICE_MEMORY) throw;
    throw failure(HAL_STATUS_INVALID_ARGUMENT, refused.what(), refused.native_code());
  }
  imported->address = reinterpret_cast<std::uintptr_t>(imported->base) + given->offset;
  imported->size = given->size;
  imported->kind = HAL_MEMORY_DEVICE;
  made = open.memory.insert(std::move(imported));
}

}  // namespace hal::plugins::level_zero
