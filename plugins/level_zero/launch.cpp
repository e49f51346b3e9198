// launch of kernel.hpp: the hot path, so what is not needed to submit stands in functions of its own.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/launch.hpp"
#include "plugins/level_zero/device.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

// Shared memory is an argument of the kernel here.
constexpr std::uint64_t no_shared_memory = 0;

void check(const hal_kernel &kernel, const hal_launch &launch) {
  if (!plugin::is_plain(kernel, launch, kernel.device->facts.max_grid, no_shared_memory,
                        kernel.required_block[0] != 0)) [[unlikely]]
    plugin::check_shape(kernel, launch, no_shared_memory);
}

[[noreturn, gnu::cold]] void fail_argument(const hal_kernel &kernel, const hal_launch &launch,
                                           std::uint32_t index) {
  if (kernel.parameters_known && launch.argument_types != nullptr) {
    const image_parameter &formal = kernel.parameters[index];
    plugin::check_argument(index, launch.argument_types[index], formal.kind, formal.size);
  }
  if (launch.argument_types == nullptr && !kernel.parameters_known) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The arguments of {} have no types, and its image does not tell them.", kernel.name));
  }
  throw failure(HAL_STATUS_INVALID_ARGUMENT, fmt::format("Argument {} of the launch is NULL.", index));
}

// One argument as the driver takes it: a size, and a value unless it is shared memory.
struct native_argument {
  std::size_t size;
  const void *value;
};

// What the launch gives, against what the kernel takes.
native_argument argument_of(const hal_kernel &kernel, const hal_launch &launch, std::uint32_t index) {
  const hal_argument *given = launch.argument_types == nullptr ? nullptr : launch.argument_types + index;
  if (kernel.parameters_known) {
    if (given != nullptr && !kernel.keys[index].fits(*given)) [[unlikely]]
      fail_argument(kernel, launch, index);
    const image_parameter &formal = kernel.parameters[index];
    if (formal.kind == HAL_ARGUMENT_SHARED) {
      if (given == nullptr) fail_argument(kernel, launch, index);
      return {given->size, nullptr};
    }
    if (launch.arguments[index] == nullptr) [[unlikely]]
      fail_argument(kernel, launch, index);
    return {formal.size, launch.arguments[index]};
  }
  const bool is_shared = given != nullptr && given->kind == HAL_ARGUMENT_SHARED;
  if (given == nullptr || (!is_shared && launch.arguments[index] == nullptr))
    fail_argument(kernel, launch, index);
  return {given->size, is_shared ? nullptr : launch.arguments[index]};
}

[[noreturn, gnu::cold]] void fail_launch(const hal_kernel &kernel, driver::result result, const char *call) {
  kernel.device->fail(result, fmt::format("{} of {}", call, kernel.name));
}

// Under the kernel's lock, after its arguments were set.
driver::result append(driver::command_list list, hal_kernel &kernel, const std::uint32_t *grid,
                      std::uint32_t flags) {
  const api &api = kernel.device->api;
  const driver::group_count groups{grid[0], grid[1], grid[2]};
  return flags == 0 ? api.append_launch_kernel(list, kernel.native, &groups, nullptr, 0, nullptr)
                    : api.append_launch_cooperative_kernel(list, kernel.native, &groups, nullptr, 0, nullptr);
}

void append(hal_stream &on, hal_kernel &kernel, const std::uint32_t *grid, std::uint32_t flags) {
  on.submit([&](driver::command_list list) { return append(list, kernel, grid, flags); },
            [&] { return fmt::format("zeCommandListAppendLaunchKernel of {}", kernel.name); });
}

[[gnu::cold]] void check_shared_memory(const hal_kernel &kernel, std::uint64_t size) {
  const std::uint64_t most = kernel.device->facts.shared_memory_per_block;
  if (kernel.static_shared_memory + size <= most) return;
  throw failure(HAL_STATUS_OUT_OF_RANGE,
                fmt::format("{} has {} bytes of shared memory and is given {} more; the limit is {}.",
                            kernel.name, kernel.static_shared_memory, size, most));
}

void submit(hal_stream &on, hal_kernel &kernel, const hal_launch &launch) {
  const api &api = on.device.api;
  check(kernel, launch);
  const std::lock_guard lock(kernel.lock);
  std::uint64_t shared = 0;
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    const native_argument each = argument_of(kernel, launch, i);
    if (each.value == nullptr) [[unlikely]]
      check_shared_memory(kernel, shared += each.size);
    // A hal_memory begins with its address, which is what the kernel takes.
    const driver::result result = api.kernel_set_argument(kernel.native, i, each.size, each.value);
    if (result != driver::ZE_RESULT_SUCCESS) [[unlikely]]
      fail_launch(kernel, result, "zeKernelSetArgumentValue");
  }
  const driver::result result = set_block(kernel, launch.block);
  if (result != driver::ZE_RESULT_SUCCESS) [[unlikely]]
    fail_launch(kernel, result, "zeKernelSetGroupSize");
  append(on, kernel, launch.grid, launch.flags);
}

[[gnu::cold]] void record(hal_stream &on, hal_kernel &kernel, const hal_launch &launch) {
  check(kernel, launch);
  auto made = std::make_shared<recorded_launch>();
  made->kernel = &kernel;
  std::copy_n(launch.grid, 3, made->grid);
  std::copy_n(launch.block, 3, made->block);
  made->flags = launch.flags;
  std::uint64_t shared = 0;
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    const native_argument each = argument_of(kernel, launch, i);
    if (each.value == nullptr) {
      check_shared_memory(kernel, shared += each.size);
      made->arguments.push_back({each.size, recorded_launch::shared_memory});
      continue;
    }
    const auto *bytes = static_cast<const std::byte *>(each.value);
    made->arguments.push_back({each.size, made->values.size()});
    made->values.insert(made->values.end(), bytes, bytes + each.size);
  }
  operation work;
  work.what = operation::kind::launch;
  work.launch = std::move(made);
  submit(on, std::move(work));
}

void start(hal_stream &on, hal_kernel &kernel, const hal_launch &launch) {
  if (on.capturing.load(std::memory_order_relaxed)) [[unlikely]]
    return record(on, kernel, launch);
  submit(on, kernel, launch);
}

// Under the kernel's lock.
void set_arguments(hal_kernel &kernel, const recorded_launch &recorded) {
  const api &api = kernel.device->api;
  for (std::uint32_t i = 0; i < recorded.arguments.size(); ++i) {
    const recorded_launch::argument &each = recorded.arguments[i];
    const void *value =
        each.at == recorded_launch::shared_memory ? nullptr : recorded.values.data() + each.at;
    const driver::result result = api.kernel_set_argument(kernel.native, i, each.size, value);
    if (result != driver::ZE_RESULT_SUCCESS) fail_launch(kernel, result, "zeKernelSetArgumentValue");
  }
  const driver::result result = set_block(kernel, recorded.block);
  if (result != driver::ZE_RESULT_SUCCESS) fail_launch(kernel, result, "zeKernelSetGroupSize");
}

}  // namespace

void launch_recorded(hal_stream &on, const recorded_launch &recorded) {
  hal_kernel &kernel = *recorded.kernel;
  const std::lock_guard lock(kernel.lock);
  set_arguments(kernel, recorded);
  append(on, kernel, recorded.grid, recorded.flags);
}

void append_recorded(driver::command_list list, const recorded_launch &recorded) {
  hal_kernel &kernel = *recorded.kernel;
  const std::lock_guard lock(kernel.lock);
  set_arguments(kernel, recorded);
  const driver::result result = append(list, kernel, recorded.grid, recorded.flags);
  if (result != driver::ZE_RESULT_SUCCESS) fail_launch(kernel, result, "zeCommandListAppendLaunchKernel");
}

void kernel_entries::launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
  plugin::launch_on(stream, kernel, launch, start);
}

}  // namespace hal::plugins::level_zero
