#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "tests/sim/hip/world.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;
using sim::owner;
using sim::queues;

namespace {

std::uint64_t number(const void *pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

result allocate(void **out, std::size_t size, owner made_by) {
  if (out == nullptr) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  const std::uint64_t address = all().memory.allocate(sim::current_number(), made_by, size);
  *out = pointer(address);
  return sim::remember(address == 0 ? hipErrorOutOfMemory : hipSuccess);
}

// Under the lock: one that was made in one of these ways.
result release(const void *address, std::initializer_list<owner> fitting) {
  std::uint64_t base = 0;
  const sim::allocation *found = all().memory.find(number(address), 1, &base);
  for (const owner one : fitting) {
    if (found != nullptr && base == number(address) && found->made_by == one) {
      all().memory.release(base);
      return hipSuccess;
    }
  }
  return hipErrorInvalidValue;
}

struct import {
  int descriptor;
  std::size_t size;
};

}  // namespace

SIM_EXPORT result hipMalloc(deviceptr *out, std::size_t size) {
  SIM_ENTER_DEVICE(hipMalloc)
  return allocate(out, size, owner::device);
}

SIM_EXPORT result hipExtMallocWithFlags(deviceptr *out, std::size_t size, unsigned flags) {
  SIM_ENTER_DEVICE(hipExtMallocWithFlags)
  if (flags == 0) return allocate(out, size, owner::device);
  if (flags != malloc_fine_grained) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  const std::uint64_t address = all().memory.allocate_shared(sim::current_number(), size);
  *out = pointer(address);
  return sim::remember(address == 0 ? hipErrorOutOfMemory : hipSuccess);
}

SIM_EXPORT result hipMallocManaged(deviceptr *out, std::size_t size, unsigned flags) {
  SIM_ENTER_DEVICE(hipMallocManaged)
  if (flags != managed_attach_global) return sim::remember(hipErrorInvalidValue);
  return allocate(out, size, owner::managed);
}

SIM_EXPORT result hipFree(deviceptr address) {
  SIM_ENTER(hipFree)
  guard lock(queues().mutex);
  const sim::allocation *found = all().memory.find(number(address), 1);
  // As the real one: it waits, but not for memory of a pool.
  if (found != nullptr && found->made_by != owner::pool) sim::wait_for_idle(lock);
  return sim::remember(release(address, {owner::device, owner::managed, owner::pool, owner::external}));
}

SIM_EXPORT result hipHostMalloc(void **out, std::size_t size, unsigned flags) {
  SIM_ENTER_DEVICE(hipHostMalloc)
  if ((flags & ~(host_portable | host_device_map | host_coherent)) != 0)
    return sim::remember(hipErrorInvalidValue);
  return allocate(out, size, owner::host);
}

SIM_EXPORT result hipHostFree(void *host) {
  SIM_ENTER(hipHostFree)
  const guard lock(queues().mutex);
  return sim::remember(release(host, {owner::host}));
}

SIM_EXPORT result hipHostRegister(void *host, std::size_t size, unsigned) {
  SIM_ENTER_DEVICE(hipHostRegister)
  if (host == nullptr || size == 0) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  if (all().memory.find(number(host), 1) != nullptr)
    return sim::remember(hipErrorHostMemoryAlreadyRegistered);
  all().memory.note(number(host), {owner::registered, size, sim::current_number(), -1});
  return hipSuccess;
}

SIM_EXPORT result hipHostUnregister(void *host) {
  SIM_ENTER_DEVICE(hipHostUnregister)
  const guard lock(queues().mutex);
  const result done = release(host, {owner::registered});
  return sim::remember(done == hipSuccess ? done : hipErrorHostMemoryNotRegistered);
}

SIM_EXPORT result hipHostGetDevicePointer(deviceptr *out, void *host, unsigned flags) {
  SIM_ENTER_DEVICE(hipHostGetDevicePointer)
  const guard lock(queues().mutex);
  if (flags != 0 || all().memory.find(number(host), 1) == nullptr) return sim::remember(hipErrorInvalidValue);
  *out = host;
  return hipSuccess;
}

SIM_EXPORT result hipMemGetInfo(std::size_t *free, std::size_t *total) {
  SIM_ENTER_DEVICE(hipMemGetInfo)
  const guard lock(queues().mutex);
  *total = sim::configuration().devices[static_cast<std::size_t>(sim::current_number())].memory;
  *free = all().memory.free_of(sim::current_number());
  return hipSuccess;
}

SIM_EXPORT result hipPointerGetAttributes(pointer_facts *out, const void *address) {
  SIM_ENTER_DEVICE(hipPointerGetAttributes)
  const guard lock(queues().mutex);
  const sim::allocation *found = all().memory.find(number(address), 1);
  const bool old = sim::configuration().version < 6000;
  *out = {};
  out->device = -1;
  if (found == nullptr) return sim::remember(old ? hipErrorInvalidValue : hipSuccess);
  const bool host = found->made_by == owner::host || found->made_by == owner::registered;
  const bool managed = found->made_by == owner::managed;
  if (old) {
    out->type = host ? memory_host_5 : memory_device_5;
  } else {
    out->type = managed ? memory_managed : host ? memory_host : memory_device;
  }
  out->device = found->device;
  out->device_address = const_cast<void *>(address);
  out->host_address = host || managed ? out->device_address : nullptr;
  out->is_managed = managed ? 1 : 0;
  return hipSuccess;
}

SIM_EXPORT result hipMemGetAddressRange(deviceptr *out, std::size_t *size, deviceptr address) {
  SIM_ENTER_DEVICE(hipMemGetAddressRange)
  const guard lock(queues().mutex);
  std::uint64_t base = 0;
  const sim::allocation *found = all().memory.find(number(address), 1, &base);
  if (found == nullptr) return sim::remember(hipErrorNotFound);
  *out = pointer(base);
  *size = found->size;
  return hipSuccess;
}

SIM_EXPORT result hipMemPoolCreate(memory_pool *out, const pool_properties *wanted) {
  SIM_ENTER_DEVICE(hipMemPoolCreate)
  if (wanted->type != allocation_pinned || wanted->where.type != location_device)
    return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  *out = new memory_pool_record{wanted->where.id};
  ++all().others;
  return hipSuccess;
}

SIM_EXPORT result hipMemPoolDestroy(memory_pool pool) {
  SIM_ENTER(hipMemPoolDestroy)
  const guard lock(queues().mutex);
  delete pool;
  --all().others;
  return hipSuccess;
}

SIM_EXPORT result hipMemPoolSetAttribute(memory_pool pool, pool_attribute which, void *value) {
  SIM_ENTER_DEVICE(hipMemPoolSetAttribute)
  const bool right = pool != nullptr && which == pool_release_threshold && value != nullptr;
  return sim::remember(right ? hipSuccess : hipErrorInvalidValue);
}

SIM_EXPORT result hipMemPoolTrimTo(memory_pool pool, std::size_t) {
  SIM_ENTER_DEVICE(hipMemPoolTrimTo)
  return sim::remember(pool == nullptr ? hipErrorInvalidValue : hipSuccess);
}

SIM_EXPORT result hipMemPoolSetAccess(memory_pool pool, const access_description *wanted, std::size_t count) {
  SIM_ENTER_DEVICE(hipMemPoolSetAccess)
  return sim::remember(pool == nullptr || wanted == nullptr || count == 0 ? hipErrorInvalidValue
                                                                          : hipSuccess);
}

SIM_EXPORT result hipMallocFromPoolAsync(deviceptr *out, std::size_t size, memory_pool pool, stream) {
  SIM_ENTER_DEVICE(hipMallocFromPoolAsync)
  if (pool == nullptr) return sim::remember(hipErrorInvalidValue);
  return allocate(out, size, owner::pool);
}

SIM_EXPORT result hipFreeAsync(deviceptr address, stream at) {
  SIM_ENTER_DEVICE(hipFreeAsync) {
    const guard lock(queues().mutex);
    const sim::allocation *found = all().memory.find(number(address), 1);
    if (found == nullptr || (found->made_by != owner::device && found->made_by != owner::pool))
      return sim::remember(hipErrorInvalidValue);
  }
  return sim::submit(at, {"free", nullptr, [address] {
                            const guard lock(queues().mutex);
                            return static_cast<int>(release(address, {owner::device, owner::pool}));
                          }});
}

SIM_EXPORT result hipMemGetHandleForAddressRange(void *out, deviceptr address, std::size_t size,
                                                 range_handle_type kind, unsigned long long flags) {
  SIM_ENTER_DEVICE(hipMemGetHandleForAddressRange)
  const guard lock(queues().mutex);
  const sim::allocation *found = all().memory.find(number(address), size);
  if (kind != range_dma_buf_fd || flags != 0 || found == nullptr || size % 4096 != 0)
    return sim::remember(hipErrorInvalidValue);
  if (found->descriptor < 0) return sim::remember(hipErrorNotSupported);
  const int copy = fcntl(found->descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return sim::remember(hipErrorOperatingSystem);
  std::memcpy(out, &copy, sizeof copy);
  return hipSuccess;
}

SIM_EXPORT result hipImportExternalMemory(external_memory *out, const external_memory_description *given) {
  SIM_ENTER_DEVICE(hipImportExternalMemory)
  const std::size_t size = given->type == external_opaque_fd ? sim::shared_size(given->handle.fd) : 0;
  if (size == 0 || given->size > size) return sim::remember(hipErrorOutOfMemory);
  const int copy = fcntl(given->handle.fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return sim::remember(hipErrorOperatingSystem);
  const guard lock(queues().mutex);
  *out = new import{copy, size};
  ++all().others;
  return hipSuccess;
}

SIM_EXPORT result hipExternalMemoryGetMappedBuffer(deviceptr *out, external_memory from,
                                                   const external_buffer_description *range) {
  SIM_ENTER_DEVICE(hipExternalMemoryGetMappedBuffer)
  const auto &given = *static_cast<const import *>(from);
  if (range->offset != 0 || range->size == 0 || range->size > given.size)
    return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  const std::uint64_t address = all().memory.import(sim::current_number(), given.descriptor, range->size);
  *out = pointer(address);
  return sim::remember(address == 0 ? hipErrorMapFailed : hipSuccess);
}

SIM_EXPORT result hipDestroyExternalMemory(external_memory given) {
  SIM_ENTER(hipDestroyExternalMemory)
  if (given == nullptr) return sim::remember(hipErrorInvalidValue);
  const guard lock(queues().mutex);
  auto *const ended = static_cast<import *>(given);
  close(ended->descriptor);
  delete ended;
  --all().others;
  return hipSuccess;
}

SIM_EXPORT result hipIpcGetMemHandle(ipc_memory_handle *out, deviceptr address) {
  SIM_ENTER_DEVICE(hipIpcGetMemHandle)
  const guard lock(queues().mutex);
  const sim::allocation *found = all().memory.find(number(address), 1);
  if (found == nullptr || found->made_by != owner::device) return sim::remember(hipErrorInvalidValue);
  *out = {};
  const pid_t process = getpid();
  std::memcpy(out->bytes, &process, sizeof process);
  std::memcpy(out->bytes + 8, &found->descriptor, sizeof found->descriptor);
  std::memcpy(out->bytes + 16, &found->size, sizeof found->size);
  return hipSuccess;
}

// The exporter must not open its own. Another process reaches the pages through the exporter's descriptor.
SIM_EXPORT result hipIpcOpenMemHandle(deviceptr *out, ipc_memory_handle given, unsigned flags) {
  SIM_ENTER_DEVICE(hipIpcOpenMemHandle)
  const unsigned right =
      sim::configuration().version < 5030 ? ipc_lazy_enable_peer_access_52 : ipc_lazy_enable_peer_access;
  if (flags != right) return sim::remember(hipErrorInvalidValue);
  pid_t process = 0;
  int descriptor = -1;
  std::size_t size = 0;
  std::memcpy(&process, given.bytes, sizeof process);
  std::memcpy(&descriptor, given.bytes + 8, sizeof descriptor);
  std::memcpy(&size, given.bytes + 16, sizeof size);
  if (process == getpid()) return sim::remember(hipErrorInvalidContext);
  const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(descriptor);
  const int opened = process > 0 && descriptor >= 0 ? open(path.c_str(), O_RDWR | O_CLOEXEC) : -1;
  if (opened < 0) return sim::remember(hipErrorMapFailed);
  const guard lock(queues().mutex);
  const std::uint64_t address = all().memory.import(sim::current_number(), opened, size);
  close(opened);
  *out = pointer(address);
  return sim::remember(address == 0 ? hipErrorMapFailed : hipSuccess);
}

SIM_EXPORT result hipIpcCloseMemHandle(deviceptr address) {
  SIM_ENTER(hipIpcCloseMemHandle)
  const guard lock(queues().mutex);
  return sim::remember(release(address, {owner::external}));
}
