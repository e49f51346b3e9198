// memory_adopt and pointer_info of external_memory.hpp: addresses that somebody else may have made.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/hip/device.hpp"
#include "plugins/hip/external_memory.hpp"

namespace hal::plugins::hip {

using plugin::failure;

namespace {

// What the runtime knows of an address; a kind of 0 when it knows nothing.
struct pointer_facts {
  hal_memory_kind kind = 0;
  int device = -1;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

hal_memory_kind kind_of(const driver::pointer_facts &told, int version) {
  constexpr int first_with_new_numbers = 6000;
  if (told.is_managed != 0) return HAL_MEMORY_SHARED;
  if (version < first_with_new_numbers) {
    return told.type == driver::memory_host_5     ? HAL_MEMORY_HOST
           : told.type == driver::memory_device_5 ? HAL_MEMORY_DEVICE
                                                  : 0;
  }
  return told.type == driver::memory_host      ? HAL_MEMORY_HOST
         : told.type == driver::memory_device  ? HAL_MEMORY_DEVICE
         : told.type == driver::memory_managed ? HAL_MEMORY_SHARED
                                               : 0;
}

pointer_facts ask(hal_device &device, std::uint64_t address) {
  const api &api = device.api;
  driver::pointer_facts told{};
  const driver::result known = api.pointer_get_attributes(&told, pointer(address));
  // Runtimes before 6.0 refuse an address that they do not know, later ones say that it is not registered.
  if (known == driver::hipErrorInvalidValue) {
    forget_last_error(api);
    return {};
  }
  device.check(known, fmt::format("hipPointerGetAttributes of {:#x}", address));
  pointer_facts found{kind_of(told, api.version), told.device, 0, 0};
  driver::deviceptr base = nullptr;
  std::size_t size = 0;
  if (found.kind == 0) return found;
  // Not told of all host memory.
  if (api.mem_get_address_range(&base, &size, pointer(address)) == driver::hipSuccess) {
    found.base = address_of(base);
    found.size = size;
  } else {
    forget_last_error(api);
  }
  return found;
}

std::unique_ptr<memory> adopt_host(hal_device &device, std::uint64_t address, std::uint64_t size) {
  void *host = reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
  const driver::result pinned =
      device.api.mem_host_register(host, size, driver::host_portable | driver::host_device_map);
  // Pinned by its owner already: then it is his to unpin.
  const bool ours = pinned != driver::hipErrorHostMemoryAlreadyRegistered;
  if (!ours) forget_last_error(device.api);
  if (ours) device.check(pinned, fmt::format("hipHostRegister of {} bytes at {:#x}", size, address));
  auto made = std::make_unique<memory>(device, ours ? origin::registered : origin::borrowed);
  made->host = host;
  device.check(device.api.mem_host_get_device_pointer(&made->base, host, 0), "hipHostGetDevicePointer");
  return made;
}

std::unique_ptr<memory> adopt_address(hal_device &device, hal_memory_kind kind, std::uint64_t address,
                                      std::uint64_t size) {
  const pointer_facts found = ask(device, address);
  if (found.kind != kind) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The runtime does not know {:#x} as memory of the kind that was named.", address));
  }
  if (kind == HAL_MEMORY_DEVICE && found.device != device.native) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory at {:#x} is device {}'s; this is device {}.", address, found.device,
                              device.native));
  }
  if (found.size != 0 && (address - found.base > found.size || size > found.size - (address - found.base))) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at {:#x} reach beyond the allocation of {} bytes at {:#x}.", size,
                              address, found.size, found.base));
  }
  auto made = std::make_unique<memory>(device, origin::borrowed);
  made->base = pointer(address);
  if (kind == HAL_MEMORY_SHARED) made->host = made->base;
  return made;
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
  if (kind < HAL_MEMORY_DEVICE || kind > HAL_MEMORY_SHARED) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory kind is {}; it must be device (1), host (2) or shared (3).", kind));
  }
  if (address == 0 || size == 0 || address + size < address) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at {:#x} are no memory to adopt.", size, address));
  }
  const current_device current(open);
  std::unique_ptr<memory> adopted =
      kind == HAL_MEMORY_HOST ? adopt_host(open, address, size) : adopt_address(open, kind, address, size);
  adopted->address = address_of(adopted->base);
  adopted->size = size;
  adopted->kind = kind;
  made = open.memory.insert(std::move(adopted));
}

void external_memory_entries::pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
  hal_device &open = checked(device);
  plugin::check_pointer(out, "The pointer's record");
  const current_device current(open);
  const pointer_facts found = ask(open, address);
  hal_pointer_info told{};
  told.kind = found.kind;
  told.memory = find_handle(open, address);
  if (told.memory != nullptr) {
    told.kind = told.memory->kind;
    told.base = told.memory->address;
    told.size = told.memory->size;
  } else if (told.kind != 0) {
    told.base = found.base;
    told.size = found.size;
  }
  plugin::write_record(out, told, "The pointer's record");
}

}  // namespace hal::plugins::hip
