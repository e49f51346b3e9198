#include "plugins/host/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/host/cpu_info.hpp"
#include "plugins/host/device.hpp"

hal_kernel::hal_kernel(hal_module &owner, const hal_native_kernel &native) : module(owner), code(native) {
  for (std::uint32_t index = 0; index < code.parameter_count; ++index) {
    const hal_native_parameter &parameter = code.parameters[index];
    slots.push_back({parameter.kind, parameter.size, parameter.alignment, 0});
    if (parameter.kind == HAL_ARGUMENT_MEMORY) ++memory_count;
    if (parameter.kind == HAL_ARGUMENT_SHARED) slots.back().place = shared_count++;
  }
  std::uint32_t place = static_cast<std::uint32_t>(slots.size() + memory_count + shared_count) * 8;
  for (slot &each : slots) {
    if (each.kind == HAL_ARGUMENT_SHARED) continue;
    const std::uint32_t alignment = std::max(each.alignment, 8u);
    place = (place + alignment - 1) & ~(alignment - 1);
    each.place = place;
    place += each.size;
  }
  storage_size = std::max(place, 8u);
}

hal_device &hal_kernel::device() const noexcept {
  return module.device;
}

namespace hal::plugins::host {
namespace {

void check_shared_memory(const hal_kernel &kernel, std::uint64_t dynamic) {
  const std::uint64_t most = max_shared_memory - kernel.code.static_shared_memory;
  if (dynamic > most) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("{} bytes of dynamic shared memory were asked for; kernel {} can have {}.",
                              dynamic, kernel.code.name, most));
  }
}

}  // namespace

void kernel_entries::kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
  const hal_kernel &asked = plugin::check_handle(kernel, "kernel");
  hal_kernel_attributes attributes{};
  attributes.struct_size = sizeof attributes;
  attributes.parameter_count = asked.code.parameter_count;
  attributes.max_block_items = max_block_items;
  attributes.subgroup_size = simd_lanes();
  std::copy_n(asked.code.required_block, 3, attributes.required_block);
  attributes.static_shared_memory = asked.code.static_shared_memory;
  attributes.max_dynamic_shared_memory = max_shared_memory - asked.code.static_shared_memory;
  plugin::write_record(out, attributes, "The kernel's attributes");
}

void kernel_entries::kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
  const hal_kernel &asked = plugin::check_handle(kernel, "kernel");
  if (index >= asked.code.parameter_count) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, fmt::format("Parameter {} was asked for; kernel {} has {}.", index,
                                                       asked.code.name, asked.code.parameter_count));
  }
  const hal_native_parameter &native = asked.code.parameters[index];
  hal_parameter parameter{};
  parameter.struct_size = sizeof parameter;
  parameter.kind = native.kind;
  parameter.size = native.size;
  parameter.alignment = native.alignment;
  if (native.name != nullptr) plugin::copy_text(parameter.name, native.name);
  plugin::write_record(out, parameter, "The parameter");
}

void kernel_entries::kernel_suggest_block(hal_kernel *kernel, const std::uint32_t items[3],
                                          std::uint64_t dynamic_shared_memory, std::uint32_t out_block[3]) {
  const hal_kernel &asked = plugin::check_handle(kernel, "kernel");
  plugin::check_pointer(items, "The number of items");
  plugin::check_pointer(out_block, "out_block");
  check_shared_memory(asked, dynamic_shared_memory);
  if (asked.code.required_block[0] != 0) {
    std::copy_n(asked.code.required_block, 3, out_block);
    return;
  }
  // A fiber has a stack of its own: few of them stay in the cache. Other blocks are loops, and long ones pay.
  std::uint32_t room = asked.uses_barrier() ? 64 : 256;
  for (int axis = 0; axis < 3; ++axis) {
    const std::uint32_t wanted = items[axis] == 0 ? (axis == 0 ? room : 1) : items[axis];
    out_block[axis] = std::min(wanted, room);
    room /= out_block[axis];
  }
}

void kernel_entries::kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                                      std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
  const hal_kernel &asked = plugin::check_handle(kernel, "kernel");
  std::uint32_t &blocks = plugin::output(out_blocks, "out_blocks");
  if (block_items == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "A block of 0 items was asked for.");
  const std::uint32_t *required = asked.code.required_block;
  const std::uint32_t only = required[0] * required[1] * required[2];
  if (block_items > max_block_items || (only != 0 && block_items != only)) {
    throw failure(
        HAL_STATUS_OUT_OF_RANGE,
        fmt::format("Kernel {} cannot run in blocks of {} items; {} {}.", asked.code.name, block_items,
                    only != 0 ? "it needs" : "the most are", only != 0 ? only : max_block_items));
  }
  check_shared_memory(asked, dynamic_shared_memory);
  blocks = 1;
}

}  // namespace hal::plugins::host
