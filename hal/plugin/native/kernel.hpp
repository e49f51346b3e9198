// Kernels and their launches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/launch.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/parameters.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// The vendor adds native_function.
template <typename Vendor>
struct kernel {
  typename Vendor::module *module = nullptr;
  typename Vendor::device *device = nullptr;
  typename Vendor::native_function native = nullptr;
  std::uint32_t parameter_count = HAL_UNKNOWN_COUNT;
  std::uint32_t max_block_items = 0;
  std::uint64_t max_dynamic_shared_memory = 0;
  std::uint64_t static_shared_memory = 0;
  std::uint32_t registers = 0;
  std::uint32_t local_memory = 0;
  std::uint32_t required_block[3] = {0, 0, 0};  // all 0: any
  bool is_particular = false;                   // each launch is looked at closely
  std::vector<image_parameter> parameters;
  std::vector<parameter_key> keys;  // of `parameters`
  std::string name;

  void take_parameters(std::vector<image_parameter> all) {
    parameters = std::move(all);
    parameter_count = static_cast<std::uint32_t>(parameters.size());
    keys.clear();
    for (const image_parameter &one : parameters) keys.emplace_back(one.size);
  }
};

// An attribute of a kernel; the device is current.
template <typename Vendor, typename Attribute>
std::uint32_t kernel_attribute(const kernel<Vendor> &of, Attribute which, const char *what) {
  int value = 0;
  const auto told = of.device->api.func_get_attribute(&value, which, of.native);
  if (told != Vendor::success) {
    of.device->fail(told,
                    std::string(Vendor::names::func_get_attribute) + " of the " + what + " of " + of.name);
  }
  return static_cast<std::uint32_t>(std::max(value, 0));
}

// A kernel of a module: its function, what the code tells of it and what the driver does; the device is
// current. Throws HAL_STATUS_NOT_FOUND. The vendor adds the attributes function_max_threads,
// function_shared_size, function_local_size and function_registers.
template <typename Vendor>
typename Vendor::kernel find_kernel(typename Vendor::module &module, const char *name) {
  typename Vendor::kernel found;
  found.module = &module;
  found.device = &module.device;
  found.name = name;
  const auto got = module.device.api.module_get_function(&found.native, module.native, name);
  if (got != Vendor::success)
    module.device.fail(got, std::string(Vendor::names::module_get_function) + " of \"" + name + "\"");
  const auto image = std::find_if(module.image.begin(), module.image.end(),
                                  [name](const image_kernel &one) { return one.name == name; });
  if (image != module.image.end()) {
    found.take_parameters(image->parameters);
    std::copy_n(image->required_block, 3, found.required_block);
    found.is_particular = found.required_block[0] != 0;
  }
  found.max_block_items = std::min(kernel_attribute(found, Vendor::function_max_threads, "largest block"),
                                   module.device.facts.max_block_items);
  found.static_shared_memory = kernel_attribute(found, Vendor::function_shared_size, "static shared memory");
  found.registers = kernel_attribute(found, Vendor::function_registers, "registers");
  found.local_memory = kernel_attribute(found, Vendor::function_local_size, "local memory");
  return found;
}

// The vendor adds the following. The entry launch_cooperative_kernel may be NULL where no device has the
// feature.
//
// parameters_unknown: the beginning of the sentence that says why a kernel's parameters may not be known,
// "The image does not tell".
//
// best_block(device &, int *grid, int *block, native_function, dynamic_shared_memory) answers a result.
//
// max_grid(const kernel &): 3 extents up to which a launch is an ordinary one.
//
// check_launch(const kernel &, const hal_launch &): what else a launch must satisfy; throws.
template <typename Vendor>
struct kernel_entries {
  using names = typename Vendor::names;
  using kernel_type = typename Vendor::kernel;
  using stream_type = typename Vendor::stream;

  static void kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
    const kernel_type &given = checked(kernel);
    check_pointer(out, "The kernel's attributes");
    hal_kernel_attributes full{};
    full.parameter_count = given.parameter_count;
    full.max_block_items = given.max_block_items;
    full.subgroup_size = given.device->facts.subgroup_size;
    std::copy_n(given.required_block, 3, full.required_block);
    full.max_dynamic_shared_memory = given.max_dynamic_shared_memory;
    full.registers_per_item = given.registers;
    full.static_shared_memory = given.static_shared_memory;
    full.local_memory_per_item = given.local_memory;
    write_record(out, full, "The kernel's attributes");
  }

  static void kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
    const kernel_type &given = checked(kernel);
    if (given.parameter_count == HAL_UNKNOWN_COUNT) {
      throw failure(HAL_STATUS_UNSUPPORTED,
                    std::string(Vendor::parameters_unknown) + " the parameters of " + given.name + ".");
    }
    tell_parameter(given.parameters, given.name, index, out);
  }

  static void kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                   std::uint64_t dynamic_shared_memory, std::uint32_t *out_block) {
    const kernel_type &given = checked(kernel);
    check_pointer(items, "The number of items");
    check_pointer(out_block, "out_block");
    if (given.required_block[0] != 0) {
      std::copy_n(given.required_block, 3, out_block);
      return;
    }
    check_block_items(given, 1, dynamic_shared_memory);
    auto &device = *given.device;
    device.failed.check();
    const typename Vendor::current current(device);
    int grid = 0;
    int best = 0;
    check(given, Vendor::best_block(device, &grid, &best, given.native, dynamic_shared_memory),
          names::occupancy_max_potential_block_size);
    const auto most = std::clamp(static_cast<std::uint32_t>(std::max(best, 1)), 1u, given.max_block_items);
    spread_block(most, items, device.facts.max_block, out_block);
  }

  static void kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                               std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
    const kernel_type &given = checked(kernel);
    std::uint32_t &blocks = output(out_blocks, "out_blocks");
    check_block_items(given, block_items, dynamic_shared_memory);
    auto &device = *given.device;
    device.failed.check();
    const typename Vendor::current current(device);
    int count = 0;
    check(given,
          device.api.occupancy_max_active_blocks(&count, given.native, static_cast<int>(block_items),
                                                 dynamic_shared_memory),
          names::occupancy_max_active_blocks);
    if (count <= 0) {
      throw failure(HAL_STATUS_OUT_OF_RANGE, "A block of " + std::to_string(block_items) + " items with " +
                                                 std::to_string(dynamic_shared_memory) +
                                                 " bytes of dynamic shared memory does not fit on a compute "
                                                 "unit.");
    }
    blocks = static_cast<std::uint32_t>(count);
  }

  static void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch) {
    launch_on(stream, kernel, launch, submit);
  }

 private:
  template <typename Result>
  static void check(const kernel_type &kernel, Result result, std::string_view call) {
    if (result != Vendor::success) [[unlikely]]
      fail(kernel, result, call);
  }
  template <typename Result>
  [[noreturn, gnu::cold, gnu::noinline]] static void fail(const kernel_type &kernel, Result result,
                                                          std::string_view call) {
    kernel.device->fail(result, std::string(call) + " of " + kernel.name);
  }

  static void check_block_items(const kernel_type &kernel, std::uint32_t block_items,
                                std::uint64_t dynamic_shared_memory) {
    if (block_items == 0) throw failure(HAL_STATUS_INVALID_ARGUMENT, "A block of 0 items was asked for.");
    if (block_items <= kernel.max_block_items && dynamic_shared_memory <= kernel.max_dynamic_shared_memory)
      return;
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  "A block of " + std::to_string(block_items) + " items with " +
                      std::to_string(dynamic_shared_memory) + " bytes of dynamic shared memory cannot run " +
                      kernel.name + "; the most is " + std::to_string(kernel.max_block_items) +
                      " items with " + std::to_string(kernel.max_dynamic_shared_memory) + " bytes.");
  }

  [[noreturn, gnu::cold]] static void fail_argument(const kernel_type &kernel, const hal_launch &launch,
                                                    std::uint32_t index) {
    if (launch.arguments[index] != nullptr) {
      const image_parameter &formal = kernel.parameters[index];
      check_argument(index, launch.argument_types[index], formal.kind, formal.size);
    }
    throw failure(HAL_STATUS_INVALID_ARGUMENT,
                  "Argument " + std::to_string(index) + " of the launch is NULL.");
  }

  static void check_arguments(const kernel_type &kernel, const hal_launch &launch) {
    const bool typed = launch.argument_types != nullptr && kernel.parameter_count != HAL_UNKNOWN_COUNT;
    const parameter_key *key = kernel.keys.data();
    for (std::uint32_t i = 0; i < launch.argument_count; ++i) {
      if (launch.arguments[i] == nullptr || (typed && !key[i].fits(launch.argument_types[i]))) [[unlikely]]
        fail_argument(kernel, launch, i);
    }
  }

  static void submit(stream_type &on, const kernel_type &kernel, const hal_launch &launch) {
    auto &device = on.device;
    const std::uint64_t most = kernel.max_dynamic_shared_memory;
    if (!is_plain(kernel, launch, Vendor::max_grid(kernel), most, kernel.is_particular)) [[unlikely]] {
      check_shape(kernel, launch, most);
      Vendor::check_launch(kernel, launch);
    }
    check_arguments(kernel, launch);
    const typename Vendor::current current(device);
    // A hal_memory begins with its address, so the array is the API's as it is.
    void **arguments = const_cast<void **>(launch.arguments);
    const auto shared = static_cast<unsigned>(launch.dynamic_shared_memory);
    const std::uint32_t *grid = launch.grid;
    const std::uint32_t *block = launch.block;
    const auto result =
        launch.flags == 0
            ? device.api.launch_kernel(kernel.native, grid[0], grid[1], grid[2], block[0], block[1], block[2],
                                       shared, on.native, arguments, nullptr)
            : device.api.launch_cooperative_kernel(kernel.native, grid[0], grid[1], grid[2], block[0],
                                                   block[1], block[2], shared, on.native, arguments);
    check(kernel, result, names::launch_kernel);
  }
};

}  // namespace hal::plugin::native
