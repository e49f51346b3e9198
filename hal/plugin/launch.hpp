// A launch held against its kernel: in few instructions when it is an ordinary one, else point by point. A
// kernel has `device`, `name`, `parameter_count`, `max_block_items` and `required_block` (all 0: any).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin {

// True when nothing about the launch can be wrong but its arguments; false also for what is only unusual.
// `max_grid`: 3 extents. `is_particular`: each launch of the kernel is to be looked at closely.
template <typename Kernel>
bool is_plain(const Kernel &kernel, const hal_launch &launch, const std::uint32_t *max_grid,
              std::uint64_t max_shared_memory, bool is_particular) noexcept {
  const std::uint32_t *max_block = device_of(kernel).facts.max_block;
  // An extent of 0 wraps around and is too large as well.
  bool fits = !is_particular;
  for (int axis = 0; axis < 3; ++axis) {
    fits &= launch.grid[axis] - 1 < max_grid[axis];
    fits &= launch.block[axis] - 1 < max_block[axis];
  }
  const std::uint64_t items = std::uint64_t{launch.block[0]} * launch.block[1] * launch.block[2];
  fits &= items <= kernel.max_block_items;
  fits &= launch.dynamic_shared_memory <= max_shared_memory;
  fits &= launch.flags == 0;
  fits &= launch.argument_count == kernel.parameter_count;
  return fits && (launch.argument_count == 0 || launch.arguments != nullptr);
}

// Everything that a launch must satisfy, one after the other, with a sentence for each.
template <typename Kernel>
[[gnu::cold]] void check_shape(const Kernel &kernel, const hal_launch &launch,
                               std::uint64_t max_shared_memory) {
  const auto &device = device_of(kernel);
  const hal_device_description &facts = device.facts;
  check_launch(launch, {facts.max_grid, facts.max_block, kernel.max_block_items, max_shared_memory});
  if ((launch.flags & ~std::uint32_t{HAL_LAUNCH_COOPERATIVE}) != 0) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT, "The launch's flags are " + std::to_string(launch.flags) +
                                                   "; only HAL_LAUNCH_COOPERATIVE (1) is defined.");
  }
  if (launch.flags != 0) check_feature(device, HAL_FEATURE_COOPERATIVE_LAUNCH, "Cooperative launch");
  const std::uint32_t *block = kernel.required_block;
  if (block[0] != 0 && !std::equal(launch.block, launch.block + 3, block)) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, "The kernel " + kernel.name + " runs in blocks of " +
                                               std::to_string(block[0]) + " x " + std::to_string(block[1]) +
                                               " x " + std::to_string(block[2]) + " items only.");
  }
  if (kernel.parameter_count != HAL_UNKNOWN_COUNT && launch.argument_count != kernel.parameter_count) {
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "The kernel " + kernel.name + " takes " + std::to_string(kernel.parameter_count) +
                      " arguments; given are " + std::to_string(launch.argument_count) + ".");
  }
}

// The entry: submit(hal_stream &, hal_kernel &, const hal_launch &) with a complete record.
template <typename Stream, typename Kernel, typename Submit>
void launch_on(Stream *stream, Kernel *kernel, const hal_launch *launch, Submit &&submit) {
  Stream &open = open_for_work(stream);
  Kernel &given = checked(kernel);
  check_same_device(given, open);
  if (launch != nullptr && launch->struct_size >= sizeof *launch) [[likely]] {
    submit(open, given, *launch);
  } else {
    const input_record<hal_launch> whole(launch, "The launch");
    submit(open, given, *whole);
  }
}

}  // namespace hal::plugin
