// Addresses that somebody else may have made: memory_adopt and pointer_info.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/native/memory.hpp"
#include "hal/plugin/native/vendor.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// What the API knows of an address; a kind of 0 when it knows nothing, a size of 0 when it does not tell.
struct pointer_facts {
  hal_memory_kind kind = 0;
  int device = -1;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

// The vendor adds facts_of(device &, std::uint64_t address), which answers pointer_facts; register_flags,
// with which host memory is pinned; the code already_registered, for host memory that is.
template <typename Vendor>
struct adopt_entries {
  using device_type = typename Vendor::device;
  using memory_type = typename Vendor::memory;
  using names = typename Vendor::names;

  static void memory_adopt(hal_device *device, hal_memory_kind kind, std::uint64_t address,
                           std::uint64_t size, hal_memory **out_memory) {
    device_type &open = open_for_work(device);
    hal_memory *&made = output(out_memory, "out_memory");
    if (kind < HAL_MEMORY_DEVICE || kind > HAL_MEMORY_SHARED) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, "The memory kind is " + std::to_string(kind) +
                                                     "; it must be device (1), host (2) or shared (3).");
    }
    if (address == 0 || size == 0 || address + size < address) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    std::to_string(size) + " bytes at " + hexadecimal(address) + " are no memory to adopt.");
    }
    const typename Vendor::current current(open);
    std::unique_ptr<memory_type> adopted =
        kind == HAL_MEMORY_HOST ? adopt_host(open, address, size) : adopt_known(open, kind, address, size);
    adopted->address = from_address(adopted->base);
    adopted->size = size;
    adopted->kind = kind;
    made = open.memory.insert(std::move(adopted));
  }

  static void pointer_info(hal_device *device, std::uint64_t address, hal_pointer_info *out) {
    device_type &open = checked(device);
    check_pointer(out, "The pointer's record");
    const typename Vendor::current current(open);
    const pointer_facts found = Vendor::facts_of(open, address);
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
    write_record(out, told, "The pointer's record");
  }

 private:
  static std::unique_ptr<memory_type> adopt_host(device_type &device, std::uint64_t address,
                                                 std::uint64_t size) {
    void *host = to_address<void *>(address);
    const auto pinned = device.api.mem_host_register(host, size, Vendor::register_flags);
    // Pinned by its owner already: then it is his to unpin.
    const bool ours = pinned != Vendor::already_registered;
    if (!ours) {
      Vendor::forget(device.api);
    } else if (pinned != Vendor::success) {
      device.fail(pinned, std::string(names::mem_host_register) + " of " + std::to_string(size) +
                              " bytes at " + hexadecimal(address));
    }
    auto made = std::make_unique<memory_type>(device, ours ? origin::registered : origin::borrowed);
    made->host = host;
    device.check(device.api.mem_host_get_device_pointer(&made->base, host, 0),
                 names::mem_host_get_device_pointer);
    return made;
  }

  static std::unique_ptr<memory_type> adopt_known(device_type &device, hal_memory_kind kind,
                                                  std::uint64_t address, std::uint64_t size) {
    const pointer_facts found = Vendor::facts_of(device, address);
    if (found.kind != kind) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, "The driver does not know " + hexadecimal(address) +
                                                     " as memory of the kind that was named.");
    }
    if (kind == HAL_MEMORY_DEVICE && found.device != device.native) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, "The memory at " + hexadecimal(address) + " is device " +
                                                     std::to_string(found.device) + "'s; this is device " +
                                                     std::to_string(device.native) + ".");
    }
    const std::uint64_t offset = address - found.base;
    if (found.size != 0 && (offset > found.size || size > found.size - offset)) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT, std::to_string(size) + " bytes at " + hexadecimal(address) +
                                                     " reach beyond the allocation of " +
                                                     std::to_string(found.size) + " bytes at " +
                                                     hexadecimal(found.base) + ".");
    }
    auto made = std::make_unique<memory_type>(device, origin::borrowed);
    made->base = to_address<typename Vendor::deviceptr>(address);
    if (kind == HAL_MEMORY_SHARED) made->host = to_address<void *>(address);
    return made;
  }

  // The allocation of ours that holds the address; NULL when none does.
  static hal_memory *find_handle(const device_type &device, std::uint64_t address) {
    hal_memory *found = nullptr;
    device.memory.for_each([&](memory_type &one) {
      if (one.parent == nullptr && one.holds(address)) found = &one;
    });
    return found;
  }
};

}  // namespace hal::plugin::native
