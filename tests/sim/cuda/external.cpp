// Memory that is mapped and exported: descriptors of anonymous files, which are also what stands in for
// dma-bufs.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "tests/sim/cuda/memory.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace {

constexpr std::size_t granule = 2 << 20;
constexpr char file_name[] = "sim-cuda-memory";

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

// Size of a file that this library made; 0 for any other descriptor.
std::size_t size_of(int descriptor) {
  char link[64];
  char target[128] = "";
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  if (readlink(link, target, sizeof target - 1) <= 0 || std::strstr(target, file_name) == nullptr) return 0;
  struct stat facts {};
  return fstat(descriptor, &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
}

}  // namespace

SIM_EXPORT result cuMemGetAllocationGranularity(std::size_t *out, const allocation_properties *wanted,
                                                granularity_flags) {
  SIM_ENTER_CONTEXT(cuMemGetAllocationGranularity)
  if (wanted->type != allocation_pinned) return CUDA_ERROR_INVALID_VALUE;
  *out = granule;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemCreate(allocation_handle *out, std::size_t size, const allocation_properties *wanted,
                              unsigned long long flags) {
  SIM_ENTER_CONTEXT(cuMemCreate)
  if (size == 0 || size % granule != 0 || wanted->handle_types != handle_posix_fd || flags != 0)
    return CUDA_ERROR_INVALID_VALUE;
  const guard lock(all().mutex);
  if (!sim::take_device_memory(wanted->where.id, sim::owner::mapping, size)) return CUDA_ERROR_OUT_OF_MEMORY;
  const int descriptor = memfd_create(file_name, MFD_CLOEXEC);
  if (descriptor < 0 || ftruncate(descriptor, static_cast<off_t>(size)) != 0) {
    sim::give_device_memory(wanted->where.id, sim::owner::mapping, size);
    if (descriptor >= 0) close(descriptor);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  *out = static_cast<allocation_handle>(descriptor) + 1;
  all().handles.emplace(*out, wanted->where.id);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemRelease(allocation_handle handle) {
  SIM_ENTER(cuMemRelease)
  const guard lock(all().mutex);
  const auto found = all().handles.find(handle);
  if (found == all().handles.end()) return CUDA_ERROR_INVALID_VALUE;
  const int descriptor = static_cast<int>(handle - 1);
  // Imports are not counted: whoever created the memory is.
  if (found->second >= 0) sim::give_device_memory(found->second, sim::owner::mapping, size_of(descriptor));
  all().handles.erase(found);
  close(descriptor);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemAddressReserve(deviceptr *out, std::size_t size, std::size_t alignment, deviceptr,
                                      unsigned long long) {
  SIM_ENTER_CONTEXT(cuMemAddressReserve)
  if (size == 0 || size % granule != 0 || (alignment & (alignment - 1)) != 0) return CUDA_ERROR_INVALID_VALUE;
  void *at = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
  *out = reinterpret_cast<std::uintptr_t>(at);
  const guard lock(all().mutex);
  all().reservations.emplace(*out, size);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemAddressFree(deviceptr address, std::size_t size) {
  SIM_ENTER(cuMemAddressFree)
  const guard lock(all().mutex);
  const auto found = all().reservations.find(address);
  if (found == all().reservations.end() || found->second != size) return CUDA_ERROR_INVALID_VALUE;
  all().reservations.erase(found);
  munmap(pointer(address), size);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemMap(deviceptr address, std::size_t size, std::size_t offset, allocation_handle handle,
                           unsigned long long) {
  SIM_ENTER_CONTEXT(cuMemMap)
  const guard lock(all().mutex);
  const auto reserved = all().reservations.find(address);
  const int descriptor = static_cast<int>(handle) - 1;
  if (reserved == all().reservations.end() || reserved->second < size || offset != 0 ||
      all().handles.count(handle) == 0 || size_of(descriptor) != size)
    return CUDA_ERROR_INVALID_VALUE;
  if (mmap(pointer(address), size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, 0) ==
      MAP_FAILED)
    return CUDA_ERROR_MAP_FAILED;
  all().allocations.emplace(
      address, sim::allocation{sim::owner::mapping, size, sim::current()->device, sim::current(), handle});
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemUnmap(deviceptr address, std::size_t size) {
  SIM_ENTER(cuMemUnmap)
  const guard lock(all().mutex);
  const auto found = all().allocations.find(address);
  if (found == all().allocations.end() || found->second.size != size) return CUDA_ERROR_INVALID_VALUE;
  all().allocations.erase(found);
  mmap(pointer(address), size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemSetAccess(deviceptr address, std::size_t size, const access_description *wanted,
                                 std::size_t count) {
  SIM_ENTER_CONTEXT(cuMemSetAccess)
  const guard lock(all().mutex);
  const bool known = sim::find(address, size) != nullptr;
  return known && count == 1 && wanted->flags == access_read_write ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

SIM_EXPORT result cuMemExportToShareableHandle(void *out, allocation_handle handle,
                                               allocation_handle_type kind, unsigned long long flags) {
  SIM_ENTER_CONTEXT(cuMemExportToShareableHandle)
  const guard lock(all().mutex);
  if (all().handles.count(handle) == 0 || kind != handle_posix_fd || flags != 0)
    return CUDA_ERROR_INVALID_VALUE;
  const int copy = fcntl(static_cast<int>(handle) - 1, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  std::memcpy(out, &copy, sizeof copy);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemImportFromShareableHandle(allocation_handle *out, void *given,
                                                 allocation_handle_type kind) {
  SIM_ENTER_CONTEXT(cuMemImportFromShareableHandle)
  const int descriptor = static_cast<int>(reinterpret_cast<std::intptr_t>(given));
  if (kind != handle_posix_fd || size_of(descriptor) == 0) return CUDA_ERROR_INVALID_VALUE;
  const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  *out = static_cast<allocation_handle>(copy) + 1;
  const guard lock(all().mutex);
  all().handles.emplace(*out, -1);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemGetHandleForAddressRange(void *out, deviceptr address, std::size_t size,
                                                range_handle_type kind, unsigned long long flags) {
  SIM_ENTER_CONTEXT(cuMemGetHandleForAddressRange)
  const guard lock(all().mutex);
  const sim::allocation *found = sim::find(address, size);
  if (kind != range_dma_buf_fd || flags != 0 || found == nullptr || size % 4096 != 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (found->handle == 0) return CUDA_ERROR_NOT_SUPPORTED;
  const int copy = fcntl(static_cast<int>(found->handle) - 1, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  std::memcpy(out, &copy, sizeof copy);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuImportExternalMemory(external_memory *out, const external_memory_description *given) {
  SIM_ENTER_CONTEXT(cuImportExternalMemory)
  const std::size_t size = given->type == external_dma_buf_fd ? size_of(given->handle.fd) : 0;
  if (size == 0 || given->size > size) return CUDA_ERROR_INVALID_VALUE;
  const int copy = fcntl(given->handle.fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  *out = new external_memory_record{copy, size};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuExternalMemoryGetMappedBuffer(deviceptr *out, external_memory from,
                                                  const external_buffer_description *range) {
  SIM_ENTER_CONTEXT(cuExternalMemoryGetMappedBuffer)
  if (range->offset != 0 || range->size == 0 || range->size > from->size) return CUDA_ERROR_INVALID_VALUE;
  void *at = mmap(nullptr, range->size, PROT_READ | PROT_WRITE, MAP_SHARED, from->descriptor, 0);
  if (at == MAP_FAILED) return CUDA_ERROR_MAP_FAILED;
  *out = reinterpret_cast<std::uintptr_t>(at);
  const guard lock(all().mutex);
  all().allocations.emplace(
      *out, sim::allocation{sim::owner::external, range->size, sim::current()->device, sim::current(), 0});
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDestroyExternalMemory(external_memory given) {
  SIM_ENTER(cuDestroyExternalMemory)
  if (given == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  close(given->descriptor);
  delete given;
  return CUDA_SUCCESS;
}

result sim::unmap_external(std::uint64_t address) {
  const auto found = all().allocations.find(address);
  if (found == all().allocations.end()) return CUDA_ERROR_INVALID_VALUE;
  munmap(pointer(address), found->second.size);
  all().allocations.erase(found);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuIpcGetMemHandle(ipc_memory_handle *out, deviceptr address) {
  SIM_ENTER_CONTEXT(cuIpcGetMemHandle)
  const guard lock(all().mutex);
  const sim::allocation *found = sim::find(address, 1);
  if (found == nullptr || found->made_by != sim::owner::device) return CUDA_ERROR_INVALID_VALUE;
  *out = {};
  const pid_t process = getpid();
  std::memcpy(out->bytes, &process, sizeof process);
  std::memcpy(out->bytes + 8, &address, sizeof address);
  return CUDA_SUCCESS;
}

// Other processes cannot reach memory of the heap, and the exporter must not open its own.
SIM_EXPORT result cuIpcOpenMemHandle_v2(deviceptr *, ipc_memory_handle given, unsigned) {
  SIM_ENTER_CONTEXT(cuIpcOpenMemHandle_v2)
  pid_t process = 0;
  std::memcpy(&process, given.bytes, sizeof process);
  return process == getpid() ? CUDA_ERROR_INVALID_CONTEXT : CUDA_ERROR_INVALID_VALUE;
}

SIM_EXPORT result cuIpcCloseMemHandle(deviceptr) {
  SIM_ENTER_CONTEXT(cuIpcCloseMemHandle)
  return CUDA_ERROR_INVALID_VALUE;
}
