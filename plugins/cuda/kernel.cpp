#include "plugins/cuda/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/parameters.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

std::uint32_t attribute(const hal_kernel &kernel, driver::function_attribute which, const char *what) {
  int value = 0;
  kernel.device->check(kernel.device->api.func_get_attribute(&value, which, kernel.native),
                       fmt::format("cuFuncGetAttribute of the {} of {}", what, kernel.name));
  return static_cast<std::uint32_t>(std::max(value, 0));
}

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

bool requires_block(const hal_kernel &kernel) {
  return kernel.required_block[0] != 0;
}

void check_block_items(const hal_kernel &kernel, std::uint32_t block_items,
                       std::uint64_t dynamic_shared_memory) {
  if (block_items == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "A block of 0 items was asked for.");
  if (block_items <= kernel.max_block_items && dynamic_shared_memory <= kernel.max_dynamic_shared_memory)
    return;
  throw failure(
      HAL_STATUS_OUT_OF_RANGE,
      fmt::format("A block of {} items with {} bytes of dynamic shared memory cannot run {}; the most "
                  "is {} items with {} bytes.",
                  block_items, dynamic_shared_memory, kernel.name, kernel.max_block_items,
                  kernel.max_dynamic_shared_memory));
}

}  // namespace

hal_kernel make_kernel(hal_module &module, const char *name) {
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
  kernel.max_block_items =
      std::min(attribute(kernel, driver::function_max_threads_per_block, "largest block"),
               module.device.facts.max_block_items);
  kernel.static_shared_memory = attribute(kernel, driver::function_shared_size, "static shared memory");
  kernel.registers = attribute(kernel, driver::function_registers, "registers");
  kernel.local_memory = attribute(kernel, driver::function_local_size, "local memory");
  const std::uint64_t most = module.device.facts.max_dynamic_shared_memory;
  const std::uint64_t wanted = most - std::min(kernel.static_shared_memory, most);
  // Beyond 48 KiB a kernel must be told once; a driver that refuses leaves it at what it has.
  const driver::result raised = api.func_set_attribute(
      kernel.native, driver::function_max_dynamic_shared_size, static_cast<int>(wanted));
  if (ends_context(raised)) module.device.fail(raised, "cuFuncSetAttribute");
  kernel.max_dynamic_shared_memory = std::min<std::uint64_t>(
      wanted, attribute(kernel, driver::function_max_dynamic_shared_size, "dynamic shared memory"));
  return kernel;
}

void kernel_entries::kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
  const hal_kernel &given = plugin::check_handle(kernel, "kernel");
  plugin::check_pointer(out, "The kernel's attributes");
  const hal_device_description &facts = given.device->facts;
  hal_kernel_attributes full{};
  full.parameter_count = given.parameter_count;
  full.max_block_items = given.max_block_items;
  full.subgroup_size = facts.subgroup_size;
  std::copy_n(given.required_block, 3, full.required_block);
  full.max_dynamic_shared_memory = given.max_dynamic_shared_memory;
  full.registers_per_item = given.registers;
  full.static_shared_memory = given.static_shared_memory;
  full.local_memory_per_item = given.local_memory;
  plugin::write_record(out, full, "The kernel's attributes");
}

void kernel_entries::kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
  const hal_kernel &given = plugin::check_handle(kernel, "kernel");
  if (given.parameter_count == HAL_UNKNOWN_COUNT) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("Neither the driver (CUDA 12.4 and later would) nor the image tells the "
                              "parameters of {}.",
                              given.name));
  }
  plugin::tell_parameter(given.parameters, given.name, index, out);
}

void kernel_entries::kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                          std::uint64_t dynamic_shared_memory, std::uint32_t *out_block) {
  const hal_kernel &given = plugin::check_handle(kernel, "kernel");
  plugin::check_pointer(items, "The number of items");
  plugin::check_pointer(out_block, "out_block");
  if (requires_block(given)) {
    std::copy_n(given.required_block, 3, out_block);
    return;
  }
  check_block_items(given, 1, dynamic_shared_memory);
  hal_device &device = *given.device;
  device.failed.check();
  const current_context current(device);
  int grid = 0;
  int best = 0;
  device.check(device.api.occupancy_max_potential_block_size(&grid, &best, given.native, nullptr,
                                                             dynamic_shared_memory, 0),
               fmt::format("cuOccupancyMaxPotentialBlockSize of {}", given.name));
  const auto most = std::clamp(static_cast<std::uint32_t>(std::max(best, 1)), 1u, given.max_block_items);
  plugin::spread_block(most, items, device.facts.max_block, out_block);
}

void kernel_entries::kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                                      std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
  const hal_kernel &given = plugin::check_handle(kernel, "kernel");
  std::uint32_t &blocks = plugin::output(out_blocks, "out_blocks");
  check_block_items(given, block_items, dynamic_shared_memory);
  hal_device &device = *given.device;
  device.failed.check();
  const current_context current(device);
  int count = 0;
  device.check(device.api.occupancy_max_active_blocks(&count, given.native, static_cast<int>(block_items),
                                                      dynamic_shared_memory),
               fmt::format("cuOccupancyMaxActiveBlocksPerMultiprocessor of {}", given.name));
  if (count <= 0) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("A block of {} items with {} bytes of dynamic shared memory does not fit on a "
                              "multiprocessor.",
                              block_items, dynamic_shared_memory));
  }
  blocks = static_cast<std::uint32_t>(count);
}

}  // namespace hal::plugins::cuda
