#include <cstdlib>
#include <cstring>

#include "tests/sim/cuda/memory.hpp"

using namespace sim::driver;
namespace driver = sim::driver;
using sim::all;
using sim::guard;

namespace sim {
namespace {

constexpr std::size_t alignment = 512;

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

// Reserves and registers; `limited` counts against the device's memory.
result allocate(deviceptr *out, std::size_t size, owner made_by) {
  if (out == nullptr || size == 0) return CUDA_ERROR_INVALID_VALUE;
  const guard lock(all().mutex);
  if (!take_device_memory(current()->device, made_by, size)) return CUDA_ERROR_OUT_OF_MEMORY;
  void *bytes = size > (1ull << 40)
                    ? nullptr
                    : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) {
    give_device_memory(current()->device, made_by, size);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  *out = reinterpret_cast<std::uintptr_t>(bytes);
  all().allocations.emplace(*out, allocation{made_by, size, current()->device, current(), 0});
  return CUDA_SUCCESS;
}

// Under the lock: forgets and frees one that the library made.
result release(std::uint64_t address, std::initializer_list<owner> fitting) {
  const auto found = all().allocations.find(address);
  if (found == all().allocations.end() ||
      std::find(fitting.begin(), fitting.end(), found->second.made_by) == fitting.end())
    return CUDA_ERROR_INVALID_VALUE;
  give_device_memory(found->second.device, found->second.made_by, found->second.size);
  all().allocations.erase(found);
  std::free(pointer(address));
  return CUDA_SUCCESS;
}

}  // namespace

bool take_device_memory(int device, owner made_by, std::size_t size) {
  if (made_by == owner::host) return true;
  const auto index = static_cast<std::size_t>(device);
  const std::uint64_t total = configuration().devices[index].memory;
  if (size > total || all().used[index] > total - size) return false;
  all().used[index] += size;
  return true;
}

void give_device_memory(int device, owner made_by, std::size_t size) {
  if (made_by != owner::host && made_by != owner::registered)
    all().used[static_cast<std::size_t>(device)] -= size;
}

void release_allocations(driver::context ended) {
  for (auto one = all().allocations.begin(); one != all().allocations.end();) {
    const auto [address, what] = *one++;
    if (what.context != ended || what.made_by > owner::managed) continue;
    ++all().left_behind;
    release(address, {owner::device, owner::pool, owner::host, owner::managed});
  }
}

const allocation *find(std::uint64_t address, std::uint64_t size, std::uint64_t *base) {
  auto above = all().allocations.upper_bound(address);
  if (above == all().allocations.begin()) return nullptr;
  --above;
  const std::uint64_t offset = address - above->first;
  if (offset >= above->second.size || size > above->second.size - offset) return nullptr;
  if (base != nullptr) *base = above->first;
  return &above->second;
}

}  // namespace sim

SIM_EXPORT result cuMemAlloc_v2(deviceptr *out, std::size_t size) {
  SIM_ENTER_CONTEXT(cuMemAlloc_v2)
  return sim::allocate(out, size, sim::owner::device);
}

SIM_EXPORT result cuMemAllocManaged(deviceptr *out, std::size_t size, unsigned flags) {
  SIM_ENTER_CONTEXT(cuMemAllocManaged)
  if (flags != managed_attach_global) return CUDA_ERROR_INVALID_VALUE;
  return sim::allocate(out, size, sim::owner::managed);
}

SIM_EXPORT result cuMemFree_v2(deviceptr address) {
  SIM_ENTER(cuMemFree_v2)
  guard lock(all().mutex);
  if (const sim::allocation *found = sim::find(address, 1);
      found != nullptr && found->made_by == sim::owner::external)
    return sim::unmap_external(address);
  const sim::allocation *found = sim::find(address, 1);
  // As the real one: it waits, but not for memory of a pool.
  if (found != nullptr && found->made_by != sim::owner::pool) sim::wait_for_idle(lock);
  return sim::release(address, {sim::owner::device, sim::owner::managed, sim::owner::pool});
}

SIM_EXPORT result cuMemHostAlloc(void **out, std::size_t size, unsigned) {
  SIM_ENTER_CONTEXT(cuMemHostAlloc)
  deviceptr address = 0;
  const result made = sim::allocate(&address, size, sim::owner::host);
  *out = sim::pointer(address);
  return made;
}

SIM_EXPORT result cuMemFreeHost(void *host) {
  SIM_ENTER(cuMemFreeHost)
  const guard lock(all().mutex);
  return sim::release(reinterpret_cast<std::uintptr_t>(host), {sim::owner::host});
}

SIM_EXPORT result cuMemHostRegister_v2(void *host, std::size_t size, unsigned) {
  SIM_ENTER_CONTEXT(cuMemHostRegister_v2)
  if (host == nullptr || size == 0) return CUDA_ERROR_INVALID_VALUE;
  const guard lock(all().mutex);
  const auto address = reinterpret_cast<std::uintptr_t>(host);
  if (sim::find(address, 1) != nullptr) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  all().allocations.emplace(
      address, sim::allocation{sim::owner::registered, size, sim::current()->device, sim::current(), 0});
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemHostUnregister(void *host) {
  SIM_ENTER_CONTEXT(cuMemHostUnregister)
  const guard lock(all().mutex);
  const auto found = all().allocations.find(reinterpret_cast<std::uintptr_t>(host));
  if (found == all().allocations.end() || found->second.made_by != sim::owner::registered)
    return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
  all().allocations.erase(found);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemHostGetDevicePointer_v2(deviceptr *out, void *host, unsigned flags) {
  SIM_ENTER_CONTEXT(cuMemHostGetDevicePointer_v2)
  const guard lock(all().mutex);
  if (flags != 0 || sim::find(reinterpret_cast<std::uintptr_t>(host), 1) == nullptr)
    return CUDA_ERROR_INVALID_VALUE;
  *out = reinterpret_cast<std::uintptr_t>(host);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemGetInfo_v2(std::size_t *free, std::size_t *total) {
  SIM_ENTER_CONTEXT(cuMemGetInfo_v2)
  const guard lock(all().mutex);
  const auto index = static_cast<std::size_t>(sim::current()->device);
  *total = sim::configuration().devices[index].memory;
  *free = *total - all().used[index];
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuPointerGetAttributes(unsigned count, pointer_attribute *wanted, void **places,
                                         deviceptr address) {
  SIM_ENTER_CONTEXT(cuPointerGetAttributes)
  const guard lock(all().mutex);
  std::uint64_t base = 0;
  const sim::allocation *found = sim::find(address, 1, &base);
  const sim::allocation none{};
  const sim::allocation &what = found == nullptr ? none : *found;
  const bool host = what.made_by == sim::owner::host || what.made_by == sim::owner::registered;
  for (unsigned i = 0; i < count; ++i) {
    switch (wanted[i]) {
      case pointer_memory_type: {
        const unsigned type = found == nullptr ? 0u : host ? 1u : 2u;
        std::memcpy(places[i], &type, sizeof type);
        break;
      }
      case pointer_is_managed: {
        const unsigned managed = what.made_by == sim::owner::managed ? 1 : 0;
        std::memcpy(places[i], &managed, sizeof managed);
        break;
      }
      case pointer_device_ordinal: {
        const int ordinal = found == nullptr ? -2 : what.device;
        std::memcpy(places[i], &ordinal, sizeof ordinal);
        break;
      }
      case pointer_device_pointer: {
        const deviceptr same = found == nullptr ? 0 : address;
        std::memcpy(places[i], &same, sizeof same);
        break;
      }
      case pointer_range_start:
        std::memcpy(places[i], &base, sizeof base);
        break;
      case pointer_range_size:
        std::memcpy(places[i], &what.size, sizeof what.size);
        break;
      default:
        return CUDA_ERROR_INVALID_VALUE;
    }
  }
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemPoolCreate(memory_pool *out, const pool_properties *wanted) {
  SIM_ENTER_CONTEXT(cuMemPoolCreate)
  if (wanted->type != allocation_pinned || wanted->where.type != location_device)
    return CUDA_ERROR_INVALID_VALUE;
  *out = new memory_pool_record{wanted->where.id};
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemPoolDestroy(memory_pool pool) {
  SIM_ENTER(cuMemPoolDestroy)
  delete pool;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuMemPoolSetAttribute(memory_pool pool, pool_attribute which, void *value) {
  SIM_ENTER_CONTEXT(cuMemPoolSetAttribute)
  return pool == nullptr || which != pool_release_threshold || value == nullptr ? CUDA_ERROR_INVALID_VALUE
                                                                                : CUDA_SUCCESS;
}

SIM_EXPORT result cuMemPoolTrimTo(memory_pool pool, std::size_t) {
  SIM_ENTER_CONTEXT(cuMemPoolTrimTo)
  return pool == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

SIM_EXPORT result cuMemPoolSetAccess(memory_pool pool, const access_description *wanted, std::size_t count) {
  SIM_ENTER_CONTEXT(cuMemPoolSetAccess)
  return pool == nullptr || wanted == nullptr || count == 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

SIM_EXPORT result cuMemAllocFromPoolAsync(deviceptr *out, std::size_t size, memory_pool pool, stream) {
  SIM_ENTER_CONTEXT(cuMemAllocFromPoolAsync)
  if (pool == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return sim::allocate(out, size, sim::owner::pool);
}

SIM_EXPORT result cuMemFreeAsync(deviceptr address, stream at) {
  SIM_ENTER_CONTEXT(cuMemFreeAsync) {
    const guard lock(all().mutex);
    const sim::allocation *found = sim::find(address, 1);
    if (found == nullptr || found->made_by > sim::owner::pool) return CUDA_ERROR_INVALID_VALUE;
  }
  return sim::submit(at, {"free", nullptr, [address] {
                            const guard lock(all().mutex);
                            return sim::release(address, {sim::owner::device, sim::owner::pool});
                          }});
}
