#include "plugins/cuda/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {
namespace {

// By the driver: offsets and sizes up to the first index that is none. The image adds names and kinds.
void find_parameters(hal_kernel &kernel, const image_kernel *image) {
  const api &api = kernel.device->api;
  if (image != nullptr) {
    kernel.parameters = image->parameters;
    kernel.parameter_count = static_cast<std::uint32_t>(image->parameters.size());
  }
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
  const bool agree = std::equal(told.begin(), told.end(), kernel.parameters.begin(), kernel.parameters.end(),
                                [](const auto &one, const auto &other) { return one.size == other.size; });
  if (!agree) kernel.parameters = std::move(told);
  kernel.parameter_count = static_cast<std::uint32_t>(kernel.parameters.size());
}

}  // namespace

hal_kernel traits::make_kernel(hal_module &module, const char *name) {
  hal_kernel kernel;
  kernel.module = &module;
  kernel.device = &module.device;
  kernel.name = name;
  const api &api = module.device.api;
  module.device.check(api.module_get_function(&kernel.native, module.native, name),
                      fmt::format("cuModuleGetFunction of \"{}\"", name));
  const auto image = std::find_if(module.image.begin(), module.image.end(),
                                  [name](const image_kernel &one) { return one.name == name; });
  const bool has_image = image != module.image.end();
  find_parameters(kernel, has_image ? &*image : nullptr);
  for (const image_parameter &one : kernel.parameters) kernel.keys.emplace_back(one.size);
  if (has_image) std::copy_n(image->required_block, 3, kernel.required_block);
  kernel.is_particular = kernel.required_block[0] != 0;
  kernel.max_block_items = std::min(
      plugin::native::kernel_attribute(kernel, driver::function_max_threads_per_block, "largest block"),
      module.device.facts.max_block_items);
  kernel.static_shared_memory =
      plugin::native::kernel_attribute(kernel, driver::function_shared_size, "static shared memory");
  kernel.registers = plugin::native::kernel_attribute(kernel, driver::function_registers, "registers");
  kernel.local_memory = plugin::native::kernel_attribute(kernel, driver::function_local_size, "local memory");
  const std::uint64_t most = module.device.facts.max_dynamic_shared_memory;
  const std::uint64_t wanted = most - std::min(kernel.static_shared_memory, most);
  // Beyond 48 KiB a kernel must be told once; a driver that refuses leaves it at what it has.
  const driver::result raised = api.func_set_attribute(
      kernel.native, driver::function_max_dynamic_shared_size, static_cast<int>(wanted));
  if (traits::ends_device(raised)) module.device.fail(raised, "cuFuncSetAttribute");
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
