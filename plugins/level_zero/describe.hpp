// The fixed facts of a device, read from the driver without a context.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/abi/description.h"
#include "plugins/level_zero/inventory.hpp"

namespace hal::plugins::level_zero {

// `out` is zeroed. Throws like probed.
void describe(std::uint32_t index, hal_device_description &out);

driver::device_properties properties_of(const api &api, const found_device &of);

// Nanoseconds of a tick, and how many bits of a time stamp count.
struct device_clock {
  double nanoseconds = 0;
  std::uint32_t bits = 64;

  // From one time stamp to another, across at most one wrap.
  std::int64_t between(std::uint64_t start, std::uint64_t end) const noexcept;
};
device_clock clock_of(const found_device &of, const driver::device_properties &facts) noexcept;

// Ordinals of the command queue groups that work goes to; none: the device has no such group.
struct queue_groups {
  std::optional<std::uint32_t> compute;
  std::optional<std::uint32_t> copy;  // that does nothing else
  bool cooperative = false;           // of `compute`
  std::size_t max_fill_pattern = 1;   // of `compute`
};
queue_groups groups_of(const api &api, driver::device device);

bool has_extension(const api &api, driver::driver_handle owner, const char *name);

// Pins and unpins ordinary host memory; an extension of Intel's drivers, both NULL elsewhere.
struct host_import {
  driver::result (*take)(driver::driver_handle, void *, std::size_t) = nullptr;
  driver::result (*release)(driver::driver_handle, void *) = nullptr;
};
host_import host_import_of(const api &api, driver::driver_handle owner) noexcept;

// "Intel(R) Arc(TM) A770 Graphics (0000:03:00.0)", for messages.
std::string device_label(const hal_device_description &facts);

}  // namespace hal::plugins::level_zero
