#include "plugins/cuda/kernel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {
namespace {

// By the driver where it tells: offsets and sizes up to the first index that is none. Names and kinds are the
// image's, unless its sizes are others.
void ask_parameters(hal_kernel &kernel) {
  const api &api = kernel.device->api;
  if (api.func_get_param_info == nullptr) return;
  std::vector<image_parameter> told;
  constexpr std::size_t most = 32764;  // each takes a byte of the arguments' room at least
  while (told.size() < most) {
    std::size_t offset = 0;
    std::size_t size = 0;
    const driver::result result = api.func_get_param_info(kernel.native, told.size(), &offset, &size);
    if (result == driver::CUDA_ERROR_INVALID_VALUE) break;
    kernel.device->check(result, "cuFuncGetParamInfo of " + kernel.name);
    const std::size_t both = offset | size | 16u;
    told.push_back({HAL_ARGUMENT_VALUE, static_cast<std::uint32_t>(size), 1u << std::countr_zero(both), {}});
  }
  const bool agree = kernel.parameter_count != HAL_UNKNOWN_COUNT &&
                     std::equal(told.begin(), told.end(), kernel.parameters.begin(), kernel.parameters.end(),
                                [](const auto &one, const auto &other) { return one.size == other.size; });
  if (!agree) kernel.take_parameters(std::move(told));
}

}  // namespace

hal_kernel traits::make_kernel(hal_module &module, const char *name) {
  hal_kernel kernel = plugin::native::find_kernel<traits>(module, name);
  ask_parameters(kernel);
  const std::uint64_t most = module.device.facts.max_dynamic_shared_memory;
  const std::uint64_t wanted = most - std::min(kernel.static_shared_memory, most);
  // Beyond 48 KiB a kernel must be told once; a driver that refuses leaves it at what it has.
  const driver::result raised = module.device.api.func_set_attribute(
      kernel.native, driver::function_max_dynamic_shared_size, static_cast<int>(wanted));
  if (ends_device(raised)) module.device.fail(raised, names::func_set_attribute);
  kernel.max_dynamic_shared_memory = std::min<std::uint64_t>(
      wanted, plugin::native::kernel_attribute(kernel, driver::function_max_dynamic_shared_size,
                                               "dynamic shared memory"));
  return kernel;
}

driver::result traits::best_block(const hal_device &device, int *grid, int *block, driver::function function,
                                  std::size_t dynamic_shared_memory) {
  return device.api.occupancy_max_potential_block_size(grid, block, function, nullptr, dynamic_shared_memory,
                                                       0);
}

}  // namespace hal::plugins::cuda
