// launch of kernel.hpp: the hot path, so what is not needed to submit stands in functions of its own.
#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/hip/device.hpp"

namespace hal::plugins::hip {

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

// A launch is counted in items of 32 bits along each axis.
[[gnu::cold]] void check_items(const hal_launch &launch) {
  for (int axis = 0; axis < 3; ++axis) {
    const std::uint64_t items = std::uint64_t{launch.grid[axis]} * launch.block[axis];
    if (items <= UINT32_MAX) continue;
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("The launch has {} items in {}, blocks times their extent; the limit is {}.",
                              items, "xyz"[axis], UINT32_MAX));
  }
}

[[noreturn, gnu::cold]] void fail_shared(const hal_kernel &kernel) {
  throw failure(
      HAL_STATUS_UNSUPPORTED,
      fmt::format("The kernel {} takes shared memory as an argument, as OpenCL has it; HIP has no way to "
                  "give it.",
                  kernel.name));
}

// Everything that a launch must satisfy, one after the other, with a sentence for each.
[[gnu::cold]] void check_shape(const hal_kernel &kernel, const hal_launch &launch) {
  const hal_device_description &facts = kernel.device->facts;
  plugin::check_launch(
      launch, {facts.max_grid, facts.max_block, kernel.max_block_items, kernel.max_dynamic_shared_memory});
  check_items(launch);
  if (launch.flags != 0) check_flags(kernel, launch);
  if (kernel.required_block[0] != 0 && !std::equal(launch.block, launch.block + 3, kernel.required_block))
    fail_block(kernel);
  if (kernel.parameter_count != HAL_UNKNOWN_COUNT && launch.argument_count != kernel.parameter_count)
    fail_count(kernel, launch);
  if (kernel.takes_shared) fail_shared(kernel);
}

// The same in few instructions, for an ordinary launch; false also for what is only unusual.
bool is_plain(const hal_kernel &kernel, const hal_launch &launch) {
  const hal_device_description &facts = kernel.device->facts;
  // An extent of 0 wraps around and is too large as well.
  bool fits = true;
  for (int axis = 0; axis < 3; ++axis) {
    fits &= launch.grid[axis] - 1 < kernel.device->plain_grid[axis];
    fits &= launch.block[axis] - 1 < facts.max_block[axis];
  }
  const std::uint64_t items = std::uint64_t{launch.block[0]} * launch.block[1] * launch.block[2];
  fits &= items <= kernel.max_block_items;
  fits &= launch.dynamic_shared_memory <= kernel.max_dynamic_shared_memory;
  fits &= launch.flags == 0;
  fits &= !kernel.is_particular;
  fits &= launch.argument_count == kernel.parameter_count;
  return fits && (launch.argument_count == 0 || launch.arguments != nullptr);
}

[[noreturn, gnu::cold]] void fail_argument(const hal_kernel &kernel, const hal_launch &launch,
                                           std::uint32_t index) {
  if (launch.arguments[index] != nullptr) {
    const image_parameter &formal = kernel.parameters[index];
    plugin::check_argument(index, launch.argument_types[index], formal.kind, formal.size);
  }
  throw failure(HAL_STATUS_INVALID_ARGUMENT, fmt::format("Argument {} of the launch is NULL.", index));
}

void check_arguments(const hal_kernel &kernel, const hal_launch &launch) {
  const bool typed = launch.argument_types != nullptr && kernel.parameter_count != HAL_UNKNOWN_COUNT;
  const plugin::parameter_key *key = kernel.keys.data();
  for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
    if (launch.arguments[i] == nullptr || (typed && !key[i].fits(launch.argument_types[i]))) [[unlikely]]
      fail_argument(kernel, launch, i);
  }
}

void submit(hal_stream &on, const hal_kernel &kernel, const hal_launch &launch) {
  hal_device &device = on.device;
  if (!is_plain(kernel, launch)) [[unlikely]]
    check_shape(kernel, launch);
  check_arguments(kernel, launch);
  const current_device current(device);
  // A hal_memory begins with its address, so the array is the runtime's as it is.
  void **arguments = const_cast<void **>(launch.arguments);
  const auto shared = static_cast<unsigned>(launch.dynamic_shared_memory);
  const driver::result result =
      launch.flags == 0 ? device.api.launch_kernel(kernel.native, launch.grid[0], launch.grid[1],
                                                   launch.grid[2], launch.block[0], launch.block[1],
                                                   launch.block[2], shared, on.native, arguments, nullptr)
                        : device.api.launch_cooperative_kernel(
                              kernel.native, launch.grid[0], launch.grid[1], launch.grid[2], launch.block[0],
                              launch.block[1], launch.block[2], shared, on.native, arguments);
  if (result != driver::hipSuccess) [[unlikely]]
    device.fail(result, fmt::format("hipModuleLaunchKernel of {}", kernel.name));
}

}  // namespace

void kernel_entries::launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
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

}  // namespace hal::plugins::hip
