// What the runtime knows of addresses that somebody else may have made.
#include <fmt/format.h>

#include "hal/plugin/native/adopt.hpp"
#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {
namespace {

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

}  // namespace

plugin::native::pointer_facts traits::facts_of(hal_device &device, std::uint64_t address) {
  const api &api = device.api;
  driver::pointer_facts told{};
  const driver::result known = api.pointer_get_attributes(&told, pointer(address));
  // Runtimes before 6.0 refuse an address that they do not know, later ones say that it is not registered.
  if (known == driver::hipErrorInvalidValue) {
    forget_last_error(api);
    return {};
  }
  device.check(known, fmt::format("hipPointerGetAttributes of {:#x}", address));
  plugin::native::pointer_facts found{kind_of(told, api.version), told.device, 0, 0};
  driver::deviceptr base = nullptr;
  std::size_t size = 0;
  if (found.kind == 0) return found;
  // Not told of all host memory.
  if (api.mem_get_address_range(&base, &size, pointer(address)) == driver::hipSuccess) {
    found.base = plugin::native::from_address(base);
    found.size = size;
  } else {
    forget_last_error(api);
  }
  return found;
}

}  // namespace hal::plugins::hip
