#include "plugins/level_zero/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

bool requires_block(const hal_kernel &kernel) {
  return kernel.required_block[0] != 0;
}

void check_block_items(const hal_kernel &kernel, std::uint32_t block_items,
                       std::uint64_t dynamic_shared_memory) {
  if (block_items == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "A block of 0 items was asked for.");
  if (block_items <= kernel.max_block_items && dynamic_shared_memory == 0) return;
  throw failure(
      HAL_STATUS_OUT_OF_RANGE,
      fmt::format("A block of {} items with {} bytes of dynamic shared memory cannot run {}; the most "
                  "is {} items, and shared memory is an argument of the kernel.",
                  block_items, dynamic_shared_memory, kernel.name, kernel.max_block_items));
}

}  // namespace

void find_kernel(hal_module &module, const char *name, hal_kernel &out) {
  hal_device &device = module.device;
  const api &api = device.api;
  out.module = &module;
  out.device = &device;
  out.name = name;
  const driver::kernel_description wanted{driver::kernel_description_type, nullptr, 0, name};
  device.check(api.kernel_create(module.native, &wanted, &out.native),
               fmt::format("zeKernelCreate of \"{}\"", name));
  // Memory that a kernel reaches through pointers in memory is there as well, as on other devices.
  device.check(api.kernel_set_indirect_access(
                   out.native, driver::indirect_host | driver::indirect_device | driver::indirect_shared),
               fmt::format("zeKernelSetIndirectAccess of {}", name));
  driver::kernel_properties facts{};
  facts.type = driver::kernel_properties_type;
  device.check(api.kernel_get_properties(out.native, &facts),
               fmt::format("zeKernelGetProperties of {}", name));
  out.parameter_count = facts.argument_count;
  out.static_shared_memory = facts.shared_memory;
  out.local_memory = std::uint64_t{facts.private_memory} + facts.spilled_memory;
  out.subgroup_size = facts.max_subgroup_size != 0 ? facts.max_subgroup_size : device.facts.subgroup_size;
  std::copy_n(facts.required_group, 3, out.required_block);
  out.max_block_items = device.facts.max_block_items;
  const std::uint64_t most = std::uint64_t{facts.max_subgroups} * facts.max_subgroup_size;
  if (most != 0)
    out.max_block_items = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, out.max_block_items));
  const auto image = std::find_if(module.image.begin(), module.image.end(),
                                  [name](const image_kernel &one) { return one.name == name; });
  // A compiler that dropped parameters would make the image's ones wrong.
  if (image == module.image.end() || image->parameters.size() != facts.argument_count) return;
  out.parameters = image->parameters;
  for (const image_parameter &one : out.parameters) out.keys.emplace_back(one);
  out.parameters_known = true;
  if (!requires_block(out)) std::copy_n(image->required_block, 3, out.required_block);
}

driver::result set_block(hal_kernel &kernel, const std::uint32_t *block) {
  if (std::equal(block, block + 3, kernel.block)) return driver::ZE_RESULT_SUCCESS;
  const driver::result result =
      kernel.device->api.kernel_set_group_size(kernel.native, block[0], block[1], block[2]);
  if (result == driver::ZE_RESULT_SUCCESS) {
    std::copy_n(block, 3, kernel.block);
  } else {
    std::fill_n(kernel.block, 3, 0u);
  }
  return result;
}

void kernel_entries::kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
  const hal_kernel &given = checked(kernel);
  plugin::check_pointer(out, "The kernel's attributes");
  hal_kernel_attributes full{};
  full.parameter_count = given.parameter_count;
  full.max_block_items = given.max_block_items;
  full.subgroup_size = given.subgroup_size;
  std::copy_n(given.required_block, 3, full.required_block);
  full.static_shared_memory = given.static_shared_memory;
  full.local_memory_per_item = given.local_memory;
  plugin::write_record(out, full, "The kernel's attributes");
}

void kernel_entries::kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
  const hal_kernel &given = checked(kernel);
  if (index >= given.parameter_count) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, fmt::format("{} has {} parameters; number {} was asked for.",
                                                       given.name, given.parameter_count, index));
  }
  if (!given.parameters_known) {
    throw failure(
        HAL_STATUS_UNSUPPORTED,
        fmt::format("The driver does not tell the parameters of {}, and the image is none that does.",
                    given.name));
  }
  plugin::tell_parameter(given.parameters, given.name, index, out);
}

void kernel_entries::kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                          std::uint64_t dynamic_shared_memory, std::uint32_t *out_block) {
  hal_kernel &given = checked(kernel);
  plugin::check_pointer(items, "The number of items");
  plugin::check_pointer(out_block, "out_block");
  if (requires_block(given)) {
    std::copy_n(given.required_block, 3, out_block);
    return;
  }
  check_block_items(given, 1, dynamic_shared_memory);
  hal_device &device = *given.device;
  device.failed.check();
  constexpr std::uint32_t many = 1u << 20;
  std::uint32_t best[3] = {};
  {
    const std::lock_guard lock(given.lock);
    device.check(device.api.kernel_suggest_group_size(given.native, items[0] == 0 ? many : items[0],
                                                      std::max(items[1], 1u), std::max(items[2], 1u),
                                                      &best[0], &best[1], &best[2]),
                 fmt::format("zeKernelSuggestGroupSize of {}", given.name));
  }
  std::uint32_t left = given.max_block_items;
  for (int axis = 0; axis < 3; ++axis) {
    out_block[axis] = std::max(1u, std::min({best[axis], left, device.facts.max_block[axis]}));
    left /= out_block[axis];
  }
}

void kernel_entries::kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                                      std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
  hal_kernel &given = checked(kernel);
  std::uint32_t &blocks = plugin::output(out_blocks, "out_blocks");
  check_block_items(given, block_items, dynamic_shared_memory);
  hal_device &device = *given.device;
  device.failed.check();
  const std::uint32_t block[3] = {block_items, 1, 1};
  std::uint32_t total = 0;
  {
    const std::lock_guard lock(given.lock);
    device.check(set_block(given, requires_block(given) ? given.required_block : block),
                 fmt::format("zeKernelSetGroupSize of {}", given.name));
    device.check(device.api.kernel_suggest_cooperative_count(given.native, &total),
                 fmt::format("zeKernelSuggestMaxCooperativeGroupCount of {}", given.name));
  }
  if (total == 0) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("A block of {} items does not fit on a compute unit.", block_items));
  }
  // As many as the device holds at once, spread over its units.
  blocks = std::max(1u, total / std::max(1u, device.facts.compute_units));
}

}  // namespace hal::plugins::level_zero
