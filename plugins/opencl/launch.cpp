// launch of kernel.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/launch.hpp"
#include "plugins/opencl/device.hpp"
#include "plugins/opencl/submit.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

// What argument `index` is: by the kernel where its code tells, by the caller otherwise.
hal_argument resolve(const hal_kernel &kernel, const hal_launch &launch, std::uint32_t index) {
  const hal_argument *given = launch.argument_types == nullptr ? nullptr : launch.argument_types + index;
  if (!kernel.has_kinds) {
    if (given != nullptr) return *given;
    throw failure(
        HAL_STATUS_INVALID_ARGUMENT,
        fmt::format("The driver does not tell the parameters of {}; a launch of it says what its arguments "
                    "are.",
                    kernel.name));
  }
  const parameter &formal = kernel.parameters[index];
  if (formal.is_image) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("Parameter {} of {} is of the type {}, for which the HAL has no "
                              "arguments.",
                              index, kernel.name, formal.type));
  }
  if (given == nullptr) {
    if (formal.kind == HAL_ARGUMENT_SHARED || formal.size == 0) {
      throw failure(HAL_STATUS_INVALID_ARGUMENT,
                    fmt::format("The size of argument {} of {} is for the launch to say, and it says none.",
                                index, kernel.name));
    }
    return {formal.kind, formal.size};
  }
  // An address by its value.
  const bool is_address = formal.kind == HAL_ARGUMENT_MEMORY && given->kind == HAL_ARGUMENT_VALUE &&
                          given->size == 8 && kernel.device.has(HAL_FEATURE_ADDRESSES);
  if (!is_address)
    plugin::check_argument(index, *given, formal.kind, formal.size == 0 ? given->size : formal.size);
  return *given;
}

driver::result set_address(hal_device &device, driver::kernel kernel, std::uint32_t index,
                           const void *address) {
  if (device.able.has_usm) return device.api.set_kernel_arg_mem(kernel, index, address);
  return device.api.set_kernel_arg_svm(kernel, index, address);
}

driver::result set_memory(hal_device &device, driver::kernel kernel, std::uint32_t index, void *argument) {
  memory &given = checked_memory(static_cast<hal_memory *>(argument), device);
  if (given.address != 0) return set_address(device, kernel, index, given.pointer());
  const driver::buffer native = given.argument();
  return device.api.set_kernel_arg(kernel, index, sizeof native, &native);
}

driver::result set_argument(const hal_kernel &kernel, driver::kernel native, std::uint32_t index,
                            const hal_argument &given, void *argument) {
  hal_device &device = kernel.device;
  if (given.kind == HAL_ARGUMENT_SHARED) return device.api.set_kernel_arg(native, index, given.size, nullptr);
  if (argument == nullptr)
    throw failure(HAL_STATUS_INVALID_ARGUMENT, fmt::format("Argument {} of the launch is NULL.", index));
  if (given.kind == HAL_ARGUMENT_MEMORY) return set_memory(device, native, index, argument);
  if (kernel.has_kinds && kernel.parameters[index].kind == HAL_ARGUMENT_MEMORY)
    return set_address(device, native, index, *static_cast<void **>(argument));
  return device.api.set_kernel_arg(native, index, given.size, argument);
}

// Sets all arguments, or throws: the instance may then have some of them, and runs nothing.
void set_arguments(const hal_kernel &kernel, driver::kernel native, const hal_launch &launch) {
  std::uint64_t shared = kernel.static_shared_memory;
  for (std::uint32_t index = 0; index < launch.argument_count; ++index) {
    const hal_argument given = resolve(kernel, launch, index);
    if (given.kind == HAL_ARGUMENT_SHARED) {
      shared += given.size;
      if (shared > kernel.device.facts.shared_memory_per_block) {
        throw failure(HAL_STATUS_OUT_OF_RANGE,
                      fmt::format("The launch of {} asks for {} bytes of shared memory; the limit is {}.",
                                  kernel.name, shared, kernel.device.facts.shared_memory_per_block));
      }
    }
    const driver::result set = set_argument(kernel, native, index, given, launch.arguments[index]);
    if (set != driver::CL_SUCCESS) [[unlikely]]
      kernel.device.fail(set, fmt::format("clSetKernelArg of argument {} of {} with {} bytes", index,
                                          kernel.name, given.size));
  }
}

struct shape {
  std::uint32_t axes;
  std::size_t items[3];
  std::size_t block[3];
};

shape shape_of(const hal_launch &launch) {
  shape made{1, {}, {}};
  for (std::uint32_t axis = 0; axis < 3; ++axis) {
    made.block[axis] = launch.block[axis];
    made.items[axis] = std::size_t{launch.grid[axis]} * launch.block[axis];
    if (made.items[axis] != 1) made.axes = axis + 1;
  }
  return made;
}

void enqueue(hal_stream &on, const hal_kernel &kernel, driver::kernel native, const shape &how) {
  driver::event made = nullptr;
  const driver::result result = on.device.api.enqueue_kernel(on.native, native, how.axes, nullptr, how.items,
                                                             how.block, 0, nullptr, &made);
  if (result != driver::CL_SUCCESS) [[unlikely]]
    on.device.fail(result, fmt::format("clEnqueueNDRangeKernel of {}", kernel.name));
  on.note(made);
}

// An instance of its own keeps the arguments for as long as the graph is launched.
[[gnu::cold]] void record(hal_stream &on, const hal_kernel &kernel, const hal_launch &launch) {
  const std::shared_ptr<kernel_instance> kept = kernel.make_instance();
  set_arguments(kernel, kept->native, launch);
  submit(on, step_kind::launch, &kernel, [kept, &kernel, how = shape_of(launch)](hal_stream &where) {
    enqueue(where, kernel, kept->native, how);
  });
}

void submit_launch(hal_stream &on, hal_kernel &kernel, const hal_launch &launch) {
  plugin::check_shape(kernel, launch, 0);
  if (on.capturing.load(std::memory_order_relaxed)) [[unlikely]]
    return record(on, kernel, launch);
  {
    const hal_kernel::lease lease = kernel.take();
    set_arguments(kernel, lease.native, launch);
    enqueue(on, kernel, lease.native, shape_of(launch));
  }
  on.flush();
}

}  // namespace

void kernel_entries::launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
  plugin::launch_on(stream, kernel, launch, submit_launch);
}

}  // namespace hal::plugins::opencl
