#include "plugins/opencl/kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hal/plugin/checks.hpp"
#include "hal/plugin/parameters.hpp"
#include "hal/plugin/record.hpp"
#include "plugins/opencl/device.hpp"

namespace opencl = hal::plugins::opencl;
namespace driver = hal::plugins::opencl::driver;
using hal::plugin::failure;

namespace {

// Threads beyond these wait for one another.
constexpr std::size_t most_instances = 32;

template <typename Value>
Value work_group_fact(const hal_kernel &kernel, driver::kernel_work_group_info which, const char *what) {
  Value value{};
  hal_device &device = kernel.device;
  device.check(device.api.get_kernel_work_group_info(kernel.native(), device.found.device, which,
                                                     sizeof value, &value, nullptr),
               fmt::format("clGetKernelWorkGroupInfo of the {} of {}", what, kernel.name));
  return value;
}

struct extents {
  std::size_t axis[3];
};

}  // namespace

opencl::kernel_instance::~kernel_instance() {
  ending ignored(device);
  end(ignored);
}

void opencl::kernel_instance::end(ending &told) noexcept {
  if (!std::exchange(ended, true)) told(device.api.release_kernel(native), "clReleaseKernel");
}

void hal_kernel::end(opencl::ending &told) noexcept {
  if (first_ != nullptr) first_->end(told);
  for (const auto &one : others_) one->end(told);
}

hal_kernel::hal_kernel(hal_module &owner, const char *given_name)
    : module(owner), device(owner.device), name(given_name) {
  first_ = make_instance();
  device.check(device.api.get_kernel_info(native(), driver::kernel_num_args, sizeof parameter_count,
                                          &parameter_count, nullptr),
               fmt::format("clGetKernelInfo of the arguments of {}", name));
  has_kinds = opencl::read_parameters(device, native(), parameter_count, parameters);
  if (has_kinds) opencl::measure_types(module, parameters);
  const auto told = std::find_if(module.facts.begin(), module.facts.end(),
                                 [this](const opencl::kernel_facts &one) { return one.name == name; });
  if (told != module.facts.end() && told->parameters.size() == parameter_count) {
    parameters = told->parameters;
    has_kinds = true;
  }
  const auto largest = work_group_fact<std::size_t>(*this, driver::kernel_work_group_size, "largest block");
  max_block_items = static_cast<std::uint32_t>(std::min<std::size_t>(largest, device.facts.max_block_items));
  preferred_multiple = static_cast<std::uint32_t>(std::max<std::size_t>(
      work_group_fact<std::size_t>(*this, driver::kernel_preferred_work_group_size_multiple,
                                   "preferred multiple"),
      1));
  static_shared_memory =
      work_group_fact<std::uint64_t>(*this, driver::kernel_local_mem_size, "static shared memory");
  private_memory = work_group_fact<std::uint64_t>(*this, driver::kernel_private_mem_size, "private memory");
  const auto required =
      work_group_fact<extents>(*this, driver::kernel_compile_work_group_size, "required block");
  for (int axis = 0; axis < 3; ++axis) required_block[axis] = static_cast<std::uint32_t>(required.axis[axis]);
}

std::unique_ptr<opencl::kernel_instance> hal_kernel::make_instance() const {
  driver::result result = driver::CL_SUCCESS;
  const driver::kernel made = device.api.create_kernel(module.native, name.c_str(), &result);
  device.check(result, fmt::format("clCreateKernel of \"{}\"", name));
  if (device.able.has_usm && device.api.set_kernel_exec_info != nullptr && device.able.version >= 200) {
    // Addresses may reach a kernel within other memory.
    const driver::boolean yes = 1;
    for (const auto which : {driver::kernel_indirect_host_access, driver::kernel_indirect_device_access,
                             driver::kernel_indirect_shared_access})
      device.api.set_kernel_exec_info(made, which, sizeof yes, &yes);
  }
  return std::make_unique<opencl::kernel_instance>(device, made);
}

hal_kernel::lease hal_kernel::take() {
  if (std::unique_lock lock(first_->mutex, std::try_to_lock); lock.owns_lock()) [[likely]]
    return {std::move(lock), first_->native};
  opencl::kernel_instance *found = first_.get();
  {
    const std::lock_guard list(mutex_);
    for (const auto &one : others_) {
      if (std::unique_lock lock(one->mutex, std::try_to_lock); lock.owns_lock())
        return {std::move(lock), one->native};
    }
    if (others_.size() + 1 < most_instances) {
      others_.push_back(make_instance());
      found = others_.back().get();
    }
  }
  return {std::unique_lock(found->mutex), found->native};
}

namespace hal::plugins::opencl {
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
      fmt::format(
          "A block of {} items with {} bytes of dynamic shared memory cannot run {}; the most is {} items "
          "with 0 bytes, because in OpenCL such memory is an argument.",
          block_items, dynamic_shared_memory, kernel.name, kernel.max_block_items));
}

}  // namespace

void kernel_entries::kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out) {
  const hal_kernel &given = checked(kernel);
  plugin::check_pointer(out, "The kernel's attributes");
  hal_kernel_attributes full{};
  full.parameter_count = given.has_kinds ? given.parameter_count : HAL_UNKNOWN_COUNT;
  full.max_block_items = given.max_block_items;
  full.subgroup_size = given.device.facts.subgroup_size;
  std::copy_n(given.required_block, 3, full.required_block);
  full.static_shared_memory = given.static_shared_memory;
  full.local_memory_per_item = given.private_memory;
  plugin::write_record(out, full, "The kernel's attributes");
}

void kernel_entries::kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out) {
  const hal_kernel &given = checked(kernel);
  if (!given.has_kinds) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("The driver does not tell the parameters of {}, which comes from "
                              "no source.",
                              given.name));
  }
  if (index >= given.parameters.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, fmt::format("{} has {} parameters; number {} was asked for.",
                                                       given.name, given.parameters.size(), index));
  }
  const parameter &told = given.parameters[index];
  if (told.kind == HAL_ARGUMENT_VALUE && told.size == 0) {
    throw failure(HAL_STATUS_UNSUPPORTED,
                  fmt::format("Parameter {} of {} is of the type {}, whose size the driver does not tell.",
                              index, given.name, told.type));
  }
  hal_parameter full{};
  full.kind = told.kind;
  full.size = told.size;
  full.alignment = told.alignment;
  plugin::copy_text(full.name, told.name);
  plugin::write_record(out, full, "The parameter");
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
  hal_device &device = given.device;
  device.failed.check();
  if (device.able.has_suggestion && items[0] != 0) {
    std::size_t wanted[3] = {};
    for (int axis = 0; axis < 3; ++axis) wanted[axis] = std::max(items[axis], 1u);
    std::size_t told[3] = {};
    const hal_kernel::lease lease = given.take();
    // Asks for the arguments to be set, which they may not be yet: then the rule below is as good.
    if (device.api.get_suggested_local_size(device.service, lease.native, 3, nullptr, wanted, told) ==
            driver::CL_SUCCESS &&
        told[0] != 0 && told[1] != 0 && told[2] != 0) {
      for (int axis = 0; axis < 3; ++axis) out_block[axis] = static_cast<std::uint32_t>(told[axis]);
      return;
    }
  }
  // Whole multiples of what the compiler prefers, small enough that a device of many units has work for all.
  constexpr std::uint32_t usual = 256;
  const std::uint32_t multiple = std::min(given.preferred_multiple, given.max_block_items);
  const std::uint32_t most = std::min(std::max(usual / multiple * multiple, multiple), given.max_block_items);
  plugin::spread_block(most, items, device.facts.max_block, out_block);
}

void kernel_entries::kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                                      std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks) {
  const hal_kernel &given = checked(kernel);
  std::uint32_t &blocks = plugin::output(out_blocks, "out_blocks");
  check_block_items(given, block_items, dynamic_shared_memory);
  given.device.failed.check();
  // A block that can run is held by a unit. How many more is no question of OpenCL.
  blocks = 1;
}

}  // namespace hal::plugins::opencl
