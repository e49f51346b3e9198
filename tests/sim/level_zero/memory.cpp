// Memory: the host's own, within each device's limits; exportable memory is pages of an anonymous file.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {

const allocation *find(const void *address, std::uintptr_t *base) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  auto next = all().allocations.upper_bound(at);
  if (next == all().allocations.begin()) return nullptr;
  --next;
  if (at - next->first >= next->second.size) return nullptr;
  if (base != nullptr) *base = next->first;
  return &next->second;
}

namespace {

constexpr std::size_t page = 4096;

std::size_t whole_pages(std::size_t size) {
  return (size + page - 1) / page * page;
}

template <typename Record>
const Record *chained(const void *next, ze_structure_type_t type) {
  for (; next != nullptr; next = static_cast<const ze_base_desc_t *>(next)->pNext) {
    if (static_cast<const ze_base_desc_t *>(next)->stype == type) return static_cast<const Record *>(next);
  }
  return nullptr;
}

// Takes the bytes of the device's memory; false when it has not that many.
bool take(ze_device_handle_t device, std::size_t size) {
  std::uint64_t &used = device->card()->used;
  if (size > device->card()->config->memory - used) return false;
  used += size;
  return true;
}

ze_result_t check_size(ze_context_handle_t context, ze_device_handle_t device, const void *chain,
                       std::size_t size) {
  if (const ze_result_t error = context->error_of(device); error != ZE_RESULT_SUCCESS) return error;
  const bool relaxed =
      configuration().relaxed && chained<ze_relaxed_allocation_limits_exp_desc_t>(
                                     chain, ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC);
  if (size > std::min(device->config->max_allocation, device->limit()) && !relaxed)
    return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
  return ZE_RESULT_SUCCESS;
}

void *allocate_bytes(std::size_t size, std::size_t alignment) {
  const std::size_t unit = std::max<std::size_t>(alignment, 64);
  return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}

ze_result_t keep(void *bytes, const allocation &what, void **out) {
  all().allocations.emplace(reinterpret_cast<std::uintptr_t>(bytes), what);
  *out = bytes;
  return ZE_RESULT_SUCCESS;
}

ze_result_t map_file(int descriptor, allocation what, void **out) {
  what.descriptor = descriptor;
  void *bytes = mmap(nullptr, whole_pages(what.size), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) {
    close(descriptor);
    return ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
  }
  return keep(bytes, what, out);
}

ze_result_t import_file(ze_context_handle_t context, ze_device_handle_t device, int descriptor,
                        std::size_t size, void **out) {
  struct stat facts {};
  // Only such a file has seals.
  if (fcntl(descriptor, F_GET_SEALS) < 0 || fstat(descriptor, &facts) != 0 ||
      static_cast<std::size_t>(facts.st_size) < size)
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
  return map_file(
      own, {ZE_MEMORY_TYPE_DEVICE, static_cast<std::size_t>(facts.st_size), device, context, -1, true}, out);
}

ze_result_t allocate_exportable(ze_context_handle_t context, ze_device_handle_t device, std::size_t size,
                                void **out) {
  if (!take(device, size)) return ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
  const int descriptor = memfd_create("hal-sim-level-zero", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0 || ftruncate(descriptor, static_cast<off_t>(whole_pages(size))) != 0)
    return ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
  return map_file(descriptor, {ZE_MEMORY_TYPE_DEVICE, size, device, context, -1, false}, out);
}

}  // namespace

namespace entries {

ze_result_t mem_alloc_device(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted,
                             size_t size, size_t alignment, ze_device_handle_t device, void **out) {
  SIM_ENTER(zeMemAllocDevice)
  const guard lock(all().mutex);
  const auto *from =
      chained<ze_external_memory_import_fd_t>(wanted->pNext, ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMPORT_FD);
  if (from != nullptr) return import_file(context, device, from->fd, size, out);
  if (const ze_result_t refused = check_size(context, device, wanted->pNext, size);
      refused != ZE_RESULT_SUCCESS)
    return refused;
  if (chained<ze_external_memory_export_desc_t>(wanted->pNext, ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_EXPORT_DESC))
    return allocate_exportable(context, device, size, out);
  if (!take(device, size)) return ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
  void *bytes = allocate_bytes(size, alignment);
  if (bytes != nullptr) return keep(bytes, {ZE_MEMORY_TYPE_DEVICE, size, device, context}, out);
  device->card()->used -= size;
  return ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
}

ze_result_t mem_alloc_host(ze_context_handle_t context, const ze_host_mem_alloc_desc_t *, size_t size,
                           size_t alignment, void **out) {
  SIM_ENTER(zeMemAllocHost)
  if (size > (1ull << 40)) return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
  void *bytes = allocate_bytes(size, alignment);
  if (bytes == nullptr) return ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
  const guard lock(all().mutex);
  return keep(bytes, {ZE_MEMORY_TYPE_HOST, size, nullptr, context}, out);
}

ze_result_t mem_alloc_shared(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted,
                             const ze_host_mem_alloc_desc_t *, size_t size, size_t alignment,
                             ze_device_handle_t device, void **out) {
  SIM_ENTER(zeMemAllocShared)
  const guard lock(all().mutex);
  if (!device->config->shared) return ZE_RESULT_ERROR_UNSUPPORTED_FEATURE;
  if (const ze_result_t refused = check_size(context, device, wanted->pNext, size);
      refused != ZE_RESULT_SUCCESS)
    return refused;
  void *bytes = allocate_bytes(size, alignment);
  if (bytes == nullptr) return ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
  return keep(bytes, {ZE_MEMORY_TYPE_SHARED, size, device, context}, out);
}

ze_result_t mem_free(ze_context_handle_t context, void *given) {
  SIM_ENTER(zeMemFree)
  const guard lock(all().mutex);
  const auto found = all().allocations.find(reinterpret_cast<std::uintptr_t>(given));
  if (found == all().allocations.end() || found->second.context != context)
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const allocation gone = found->second;
  all().allocations.erase(found);
  if (gone.type == ZE_MEMORY_TYPE_DEVICE && !gone.is_imported) gone.device->card()->used -= gone.size;
  if (gone.descriptor >= 0) {
    munmap(given, whole_pages(gone.size));
    close(gone.descriptor);
  } else {
    std::free(given);
  }
  return ZE_RESULT_SUCCESS;
}

ze_result_t mem_get_alloc_properties(ze_context_handle_t context, const void *address,
                                     ze_memory_allocation_properties_t *out, ze_device_handle_t *device) {
  SIM_ENTER(zeMemGetAllocProperties)
  const guard lock(all().mutex);
  const allocation *found = find(address);
  out->type = ZE_MEMORY_TYPE_UNKNOWN;
  if (found == nullptr || found->context != context) return ZE_RESULT_SUCCESS;
  out->type = found->type;
  out->id = 1;
  out->pageSize = page;
  if (device != nullptr) *device = found->device;
  auto *chain = static_cast<ze_external_memory_export_fd_t *>(out->pNext);
  if (chain == nullptr) return ZE_RESULT_SUCCESS;
  if (chain->stype != ZE_STRUCTURE_TYPE_EXTERNAL_MEMORY_EXPORT_FD || found->descriptor < 0)
    return ZE_RESULT_ERROR_UNSUPPORTED_FEATURE;
  chain->fd = found->descriptor;
  return ZE_RESULT_SUCCESS;
}

ze_result_t mem_get_address_range(ze_context_handle_t context, const void *address, void **base,
                                  size_t *size) {
  SIM_ENTER(zeMemGetAddressRange)
  const guard lock(all().mutex);
  std::uintptr_t first = 0;
  const allocation *found = find(address, &first);
  if (found == nullptr || found->context != context) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  if (base != nullptr) *base = reinterpret_cast<void *>(first);
  if (size != nullptr) *size = found->size;
  return ZE_RESULT_SUCCESS;
}

ze_result_t mem_get_ipc_handle(ze_context_handle_t, const void *address, ze_ipc_mem_handle_t *out) {
  SIM_ENTER(zeMemGetIpcHandle)
  const guard lock(all().mutex);
  const allocation *found = find(address);
  if (found == nullptr || found->descriptor < 0) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  std::memset(out->data, 0, sizeof out->data);
  std::snprintf(out->data, sizeof out->data, "/proc/%d/fd/%d", getpid(), found->descriptor);
  return ZE_RESULT_SUCCESS;
}

ze_result_t mem_open_ipc_handle(ze_context_handle_t context, ze_device_handle_t device,
                                ze_ipc_mem_handle_t handle, ze_ipc_memory_flags_t, void **out) {
  SIM_ENTER(zeMemOpenIpcHandle)
  if (std::memchr(handle.data, '\0', sizeof handle.data) == nullptr) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const int descriptor = open(handle.data, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  const guard lock(all().mutex);
  const ze_result_t done = import_file(context, device, descriptor, 1, out);
  close(descriptor);
  return done;
}

ze_result_t mem_close_ipc_handle(ze_context_handle_t context, const void *address) {
  SIM_ENTER(zeMemCloseIpcHandle)
  const guard lock(all().mutex);
  const auto found = all().allocations.find(reinterpret_cast<std::uintptr_t>(address));
  if (found == all().allocations.end() || found->second.context != context || !found->second.is_imported)
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  munmap(const_cast<void *>(address), whole_pages(found->second.size));
  close(found->second.descriptor);
  all().allocations.erase(found);
  return ZE_RESULT_SUCCESS;
}

}  // namespace entries
}  // namespace sim
