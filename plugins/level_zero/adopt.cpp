// memory_adopt and pointer_info of external_memory.hpp: addresses that somebody else may have made.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/external_memory.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

void *pointer(std::uint64_t address) {
  return reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
}

// What the driver knows of an address; kind 0 when it knows nothing.
struct pointer_facts {
  hal_memory_kind kind = 0;
  driver::device owner = nullptr;
  std::uint64_t base = 0;
  std::size_t size = 0;
};

hal_memory_kind kind_of(driver::memory_type type) {
  switch (type) {
    case driver::memory_host:
      return HAL_MEMORY_HOST;
    case driver::memory_device:
      return HAL_MEMORY_DEVICE;
    case driver::memory_shared:
      return HAL_MEMORY_SHARED;
    default:
      return 0;
  }
}

pointer_facts ask(hal_device &device, std::uint64_t address) {
  pointer_facts found;
  driver::allocation_properties facts{};
  facts.type = driver::allocation_properties_type;
  device.check(
      device.api.mem_get_alloc_properties(device.context->native, pointer(address), &facts, &found.owner),
      fmt::format("zeMemGetAllocProperties of {:#x}", address));
  found.kind = kind_of(facts.kind);
  if (found.kind == 0) return {};
  void *base = nullptr;
  device.check(device.api.mem_get_address_range(device.context->native, pointer(address), &base, &found.size),
               fmt::format("zeMemGetAddressRange of {:#x}", address));
  found.base = reinterpret_cast<std::uintptr_t>(base);
  return found;
}

void check_found(const hal_device &device, const pointer_facts &found, hal_memory_kind kind,
                 std::uint64_t address, std::uint64_t size) {
  if (found.kind != kind) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The driver does not know {:#x} as memory of the kind that was named.", address));
  }
  if (kind == HAL_MEMORY_DEVICE && found.owner != device.native && found.owner != device.found.whole) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory at {:#x} is another device's than {}.", address, device.name));
  }
  if (address - found.base > found.size || size > found.size - (address - found.base)) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at {:#x} reach beyond the allocation of {} bytes at {:#x}.", size,
                              address, found.size, found.base));
  }
}

std::unique_ptr<memory> adopt(hal_device &device, hal_memory_kind kind, std::uint64_t address,
                              std::uint64_t size) {
  const pointer_facts found = ask(device, address);
  if (kind != HAL_MEMORY_HOST || found.kind != 0) {
    check_found(device, found, kind, address, size);
    return std::make_unique<memory>(device, origin::borrowed);
  }
  check_feature(device, HAL_FEATURE_ADOPT_MEMORY, "Adoption of ordinary host memory");
  device.check(device.host_import.take(device.found.owner, pointer(address), size),
               fmt::format("zexDriverImportExternalPointer of {} bytes at {:#x}", size, address));
  return std::make_unique<memory>(device, origin::registered);
}

// The allocation of ours that holds the address; NULL when none does.
hal_memory *find_handle(const hal_device &device, std::uint64_t address) {
  hal_memory *found = nullptr;
  device.memory.for_each([&](memory &one) {
    if (one.parent == nullptr && one.holds(address)) found = &one;
  });
  return found;
}

}  // namespace

void external_memory_entries::memory_adopt(hal_device *device, hal_memory_kind kind, std::uint64_t address,
                                           std::uint64_t size, hal_memory **out_memory) {
  hal_device &open = open_for_work(device);
  hal_memory *&made = plugin::output(out_memory, "out_memory");
  check_feature(open, HAL_FEATURE_ADOPT_MEMORY, "Adoption of memory");
  if (kind < HAL_MEMORY_DEVICE || kind > HAL_MEMORY_SHARED) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory kind is {}; it must be device (1), host (2) or shared (3).", kind));
  }
  if (address == 0 || size == 0 || address + size < address) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at {:#x} are no memory to adopt.", size, address));
  }
  std::unique_ptr<memory> adopted = adopt(open, kind, address, size);
  adopted->base = pointer(address);
  adopted->address = address;
  adopted->size = size;
  adopted->kind = kind;
  if (kind != HAL_MEMORY_DEVICE) adopted->host = pointer(address);
  made = open.memory.insert(std::move(adopted));
}

void external_memory_entries::pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
  hal_device &open = checked(device);
  plugin::check_pointer(out, "The pointer's record");
  hal_pointer_info told{};
  told.memory = find_handle(open, address);
  if (told.memory != nullptr) {
    told.kind = told.memory->kind;
    told.base = told.memory->address;
    told.size = told.memory->size;
  } else {
    const pointer_facts found = ask(open, address);
    told.kind = found.kind;
    told.base = found.base;
    told.size = found.size;
  }
  plugin::write_record(out, told, "The pointer's record");
}

}  // namespace hal::plugins::level_zero
