#include "plugins/hip/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {
namespace {

// A launch is counted in items of 32 bits along each axis.
[[gnu::cold]] void check_items(const hal_launch &launch) {
  for (int axis = 0; axis < 3; ++axis) {
    const std::uint64_t items = std::uint64_t{launch.grid[axis]} * launch.block[axis];
    if (items <= UINT32_MAX) continue;
    throw plugin::failure(
        HAL_STATUS_OUT_OF_RANGE,
        fmt::format("The launch has {} items in {}, blocks times their extent; the limit is {}.", items,
                    "xyz"[axis], UINT32_MAX));
  }
}

}  // namespace

hal_kernel traits::make_kernel(hal_module &module, const char *name) {
  hal_kernel kernel = plugin::native::find_kernel<traits>(module, name);
  kernel.takes_shared = std::any_of(kernel.parameters.begin(), kernel.parameters.end(),
                                    [](const auto &one) { return one.kind == HAL_ARGUMENT_SHARED; });
  kernel.is_particular |= kernel.takes_shared;
  // Nothing has to be asked for: what the kernel does not take itself is there.
  const std::uint64_t most = module.device.facts.max_dynamic_shared_memory;
  kernel.max_dynamic_shared_memory = most - std::min(kernel.static_shared_memory, most);
  return kernel;
}

driver::result traits::best_block(const hal_device &device, int *grid, int *block, driver::function function,
                                  std::size_t dynamic_shared_memory) {
  return device.api.occupancy_max_potential_block_size(grid, block, function, dynamic_shared_memory, 0);
}

void traits::check_launch(const hal_kernel &kernel, const hal_launch &launch) {
  check_items(launch);
  if (!kernel.takes_shared) return;
  throw plugin::failure(
      HAL_STATUS_UNSUPPORTED,
      fmt::format("The kernel {} takes shared memory as an argument, as OpenCL has it; HIP has no way to "
                  "give it.",
                  kernel.name));
}

}  // namespace hal::plugins::hip
