// memory_adopt and pointer_info of external_memory.hpp: addresses that somebody else may have made.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"
#include "plugins/cuda/external_memory.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

// What the driver knows of an address; all 0 when it knows nothing.
struct pointer_facts {
  driver::memory_type type{};
  unsigned managed = 0;
  int ordinal = -1;
  driver::deviceptr device_address = 0;
  driver::deviceptr base = 0;
  std::size_t size = 0;

  hal_memory_kind kind() const noexcept {
    if (managed != 0) return HAL_MEMORY_SHARED;
    if (type == driver::memory_host) return HAL_MEMORY_HOST;
    return type == driver::memory_device ? HAL_MEMORY_DEVICE : 0;
  }
};

pointer_facts ask(hal_device &device, std::uint64_t address) {
  pointer_facts found;
  driver::pointer_attribute wanted[] = {driver::pointer_memory_type,    driver::pointer_is_managed,
                                        driver::pointer_device_ordinal, driver::pointer_device_pointer,
                                        driver::pointer_range_start,    driver::pointer_range_size};
  void *places[] = {&found.type,           &found.managed, &found.ordinal,
                    &found.device_address, &found.base,    &found.size};
  // Succeeds with nothing filled in for an address that is none of the driver's.
  const driver::result told = device.api.pointer_get_attributes(6, wanted, places, address);
  if (told == driver::CUDA_ERROR_INVALID_VALUE) return {};
  device.check(told, fmt::format("cuPointerGetAttributes of {:#x}", address));
  return found;
}

std::unique_ptr<memory> adopt_host(hal_device &device, std::uint64_t address, std::uint64_t size) {
  void *host = reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
  const driver::result pinned =
      device.api.mem_host_register(host, size, driver::host_portable | driver::host_device_map);
  // Pinned by its owner already: then it is his to unpin.
  const bool ours = pinned != driver::CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  if (ours) device.check(pinned, fmt::format("cuMemHostRegister of {} bytes at {:#x}", size, address));
  auto made = std::make_unique<memory>(device, ours ? origin::registered : origin::borrowed);
  made->host = host;
  device.check(device.api.mem_host_get_device_pointer(&made->base, host, 0), "cuMemHostGetDevicePointer");
  return made;
}

std::unique_ptr<memory> adopt_address(hal_device &device, hal_memory_kind kind, std::uint64_t address,
                                      std::uint64_t size) {
  const pointer_facts found = ask(device, address);
  if (found.kind() != kind) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The driver does not know {:#x} as memory of the kind that was named.", address));
  }
  if (kind == HAL_MEMORY_DEVICE && found.ordinal != device.native) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("The memory at {:#x} is device {}'s; this is device {}.", address,
                              found.ordinal, device.native));
  }
  if (found.size != 0 && (address - found.base > found.size || size > found.size - (address - found.base))) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  fmt::format("{} bytes at {:#x} reach beyond the allocation of {} bytes at {:#x}.", size,
                              address, found.size, found.base));
  }
  auto made = std::make_unique<memory>(device, origin::borrowed);
  made->base = address;
  if (kind == HAL_MEMORY_SHARED) made->host = reinterpret_cast<void *>(static_cast<std::uintptr_t>(address));
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
  const current_context current(open);
  std::unique_ptr<memory> adopted =
      kind == HAL_MEMORY_HOST ? adopt_host(open, address, size) : adopt_address(open, kind, address, size);
  adopted->address = adopted->base;
  adopted->size = size;
  adopted->kind = kind;
  made = open.memory.insert(std::move(adopted));
}

void external_memory_entries::pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
  hal_device &open = checked(device);
  plugin::check_pointer(out, "The pointer's record");
  const current_context current(open);
  const pointer_facts found = ask(open, address);
  hal_pointer_info told{};
  told.kind = found.kind();
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

}  // namespace hal::plugins::cuda
