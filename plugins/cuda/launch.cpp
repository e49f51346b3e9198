// launch of kernel.hpp: the hot path, so what is not needed to submit stands in functions of its own.
#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/cuda/device.hpp"

namespace hal::plugins::cuda {

using plugin::failure;

namespace {

constexpr std::uint32_t known_flags = HAL_LAUNCH_COOPERATIVE;

[[noreturn, gnu::cold]] void fail_count(const hal_kernel &kernel, const hal_launch &launch) {
  throw failure(HAL_STATUS_INVALID_ARGUMENT,
                fmt::format("The kernel {} takes {} arguments; given are {}.", kernel.name,
                            kernel.parameter_count, launch.argument_count));
}

[[noreturn, gnu::cold]] void fail_block(const hal_kernel &kernel) {
  throw failure(HAL_STATUS_OUT_OF_RANGE,
                fmt::format("The kernel {} runs in blocks of {} x {} x {} items only.", kernel.name,
                            kernel.required_block[0], kernel.required_block[1], kernel.required_block[2]));
}

[[gnu::cold]] void check_flags(const hal_kernel &kernel, const hal_launch &launch) {
  if ((launch.flags & ~known_flags) != 0) {
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The launch's flags are {}; only HAL_LAUNCH_COOPERATIVE (1) is defined.", launch.flags));
  }
  check_feature(*kernel.device, HAL_FEATURE_COOPERATIVE_LAUNCH, "Cooperative launch");
}

// Against what the caller believes. Memory and a value of 8 bytes are the same to a kernel.
void check_types(const hal_kernel &kernel, const hal_launch &launch) {
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    const hal_argument &given = launch.argument_types[i];
    const image_parameter &formal = kernel.parameters[i];
    const bool fits = given.kind <= HAL_ARGUMENT_MEMORY && given.size == formal.size &&
                      (given.kind == HAL_ARGUMENT_VALUE || given.size == sizeof(driver::deviceptr));
    if (!fits) [[unlikely]]
      plugin::check_argument(i, given, formal.kind, formal.size);
  }
}

void check_arguments(const hal_kernel &kernel, const hal_launch &launch) {
  if (kernel.parameter_count != HAL_UNKNOWN_COUNT) {
    if (launch.argument_count != kernel.parameter_count) [[unlikely]]
      fail_count(kernel, launch);
    if (launch.argument_types != nullptr) check_types(kernel, launch);
  }
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    if (launch.arguments[i] == nullptr) [[unlikely]]
      throw failure(HAL_STATUS_INVALID_ARGUMENT, fmt::format("Argument {} of the launch is NULL.", i));
  }
}

void submit(hal_stream &on, const hal_kernel &kernel, const hal_launch &launch) {
  hal_device &device = on.device;
  const hal_device_description &facts = device.facts;
  plugin::check_launch(
      launch, {facts.max_grid, facts.max_block, kernel.max_block_items, kernel.max_dynamic_shared_memory});
  if (launch.flags != 0) [[unlikely]]
    check_flags(kernel, launch);
  if (kernel.required_block[0] != 0 && !std::equal(launch.block, launch.block + 3, kernel.required_block))
      [[unlikely]]
    fail_block(kernel);
  check_arguments(kernel, launch);
  const current_context current(device);
  // A hal_memory begins with its address, so the array is the driver's as it is.
  void **arguments = const_cast<void **>(launch.arguments);
  const auto shared = static_cast<unsigned>(launch.dynamic_shared_memory);
  const driver::result result =
      launch.flags == 0 ? device.api.launch_kernel(kernel.native, launch.grid[0], launch.grid[1],
                                                   launch.grid[2], launch.block[0], launch.block[1],
                                                   launch.block[2], shared, on.native, arguments, nullptr)
                        : device.api.launch_cooperative_kernel(
                              kernel.native, launch.grid[0], launch.grid[1], launch.grid[2], launch.block[0],
                              launch.block[1], launch.block[2], shared, on.native, arguments);
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    device.fail(result, fmt::format("cuLaunchKernel of {}", kernel.name));
}

}  // namespace

void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
  hal_stream &open = open_for_work(stream);
  const hal_kernel &given = plugin::check_handle(kernel, "kernel");
  if (given.device != &open.device) [[unlikely]]
    throw failure(HAL_STATUS_INVALID_HANDLE, "The kernel belongs to another device than the stream.");
  if (launch != nullptr && launch->struct_size >= sizeof *launch) [[likely]] {
    submit(open, given, *launch);
  } else {
    const plugin::input_record<hal_launch> whole(launch, "The launch");
    submit(open, given, *whole);
  }
}

}  // namespace hal::plugins::cuda
