// What the driver knows of addresses that somebody else may have made.
#include <fmt/format.h>

#include "hal/plugin/native/adopt.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

plugin::native::pointer_facts traits::facts_of(hal_device &device, std::uint64_t address) {
  driver::memory_type type{};
  unsigned managed = 0;
  int ordinal = -1;
  driver::deviceptr device_address = 0;
  driver::deviceptr base = 0;
  std::size_t size = 0;
  driver::pointer_attribute wanted[] = {driver::pointer_memory_type,    driver::pointer_is_managed,
                                        driver::pointer_device_ordinal, driver::pointer_device_pointer,
                                        driver::pointer_range_start,    driver::pointer_range_size};
  void *places[] = {&type, &managed, &ordinal, &device_address, &base, &size};
  // Succeeds with nothing filled in for an address that is none of the driver's.
  const driver::result told = device.api.pointer_get_attributes(6, wanted, places, address);
  if (told == driver::CUDA_ERROR_INVALID_VALUE) return {};
  device.check(told, fmt::format("cuPointerGetAttributes of {:#x}", address));
  const hal_memory_kind kind = managed != 0                    ? HAL_MEMORY_SHARED
                               : type == driver::memory_host   ? HAL_MEMORY_HOST
                               : type == driver::memory_device ? HAL_MEMORY_DEVICE
                                                               : 0;
  return {kind, ordinal, base, size};
}

}  // namespace hal::plugins::cuda
