#include "plugins/host/native_module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "hal/plugin/failure.hpp"
#include "plugins/host/limits.hpp"

namespace hal::plugins::host {
namespace {

using plugin::failure;

constexpr std::uint32_t most_kernels = 1u << 16;
constexpr std::uint32_t most_parameters = 1u << 10;

[[noreturn]] void refuse(const std::string &text) {
  throw failure(HAL_STATUS_INVALID_MODULE, text);
}

bool is_power_of_two(std::uint32_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

void verify_parameter(const hal_native_kernel &kernel, std::uint32_t index, const address_check &addresses) {
  const hal_native_parameter &parameter = kernel.parameters[index];
  const auto where = [&] { return fmt::format("Parameter {} of kernel {}", index, kernel.name); };
  if (parameter.kind > HAL_ARGUMENT_SHARED)
    refuse(fmt::format("{} is of kind {}; kinds go from 0 to 2.", where(), parameter.kind));
  if (!is_power_of_two(parameter.alignment))
    refuse(fmt::format("{} has an alignment of {}, which is no power of two.", where(), parameter.alignment));
  if (parameter.kind == HAL_ARGUMENT_VALUE && parameter.size == 0)
    refuse(fmt::format("{} is a value of 0 bytes.", where()));
  if (parameter.kind == HAL_ARGUMENT_MEMORY && parameter.size != sizeof(std::uint64_t))
    refuse(fmt::format("{} is memory of {} bytes; memory has 8.", where(), parameter.size));
  if (parameter.kind == HAL_ARGUMENT_SHARED && parameter.size != 0)
    refuse(fmt::format("{} is shared memory of {} bytes; 0 is expected, the launch decides.", where(),
                       parameter.size));
  if (parameter.name != nullptr && !addresses.text(parameter.name))
    refuse(fmt::format("{} has a name outside of the module.", where()));
  if (parameter.alignment > max_value_alignment) {
    throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                  fmt::format("{} has an alignment of {}; this device aligns to {} at most.", where(),
                              parameter.alignment, max_value_alignment));
  }
}

void verify_limits(const hal_native_kernel &kernel) {
  std::uint64_t size = 0;
  for (std::uint32_t index = 0; index < kernel.parameter_count; ++index)
    size += kernel.parameters[index].size;
  if (size > max_arguments_size) {
    throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                  fmt::format("The arguments of kernel {} are {} bytes; this device takes {}.", kernel.name,
                              size, max_arguments_size));
  }
  if (kernel.static_shared_memory > max_shared_memory) {
    throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                  fmt::format("Kernel {} needs {} bytes of shared memory; this device has {} for a block.",
                              kernel.name, kernel.static_shared_memory, max_shared_memory));
  }
  const std::uint32_t *block = kernel.required_block;
  std::uint64_t items = 1;
  for (int axis = 0; axis < 3; ++axis) items *= std::clamp(block[axis], 1u, max_block_items + 1);
  if (items > max_block_items) {
    throw failure(HAL_STATUS_INCOMPATIBLE_TARGET,
                  fmt::format("Kernel {} needs blocks of {} x {} x {} items; this device runs {}.",
                              kernel.name, block[0], block[1], block[2], max_block_items));
  }
}

void verify_kernel(const hal_native_kernel *const *place, std::uint32_t index,
                   const address_check &addresses) {
  const hal_native_kernel *kernel = *place;
  if (kernel == nullptr || reinterpret_cast<std::uintptr_t>(kernel) % alignof(hal_native_kernel) != 0 ||
      !addresses.readable(kernel, sizeof *kernel))
    refuse(fmt::format("The record of kernel {} is NULL, misaligned or outside of the module.", index));
  if (kernel->struct_size < sizeof *kernel) {
    refuse(fmt::format("The record of kernel {} says that it has {} bytes; {} are expected.", index,
                       kernel->struct_size, sizeof *kernel));
  }
  if (kernel->name == nullptr || !addresses.text(kernel->name) || *kernel->name == '\0')
    refuse(fmt::format("Kernel {} has no name.", index));
  const std::string_view name = kernel->name;
  if ((kernel->flags & ~static_cast<std::uint32_t>(HAL_NATIVE_USES_BARRIER)) != 0)
    refuse(fmt::format("The flags of kernel {} are {:#x}; only HAL_NATIVE_USES_BARRIER (1) is defined.", name,
                       kernel->flags));
  if ((kernel->run_block == nullptr) == (kernel->run_item == nullptr))
    refuse(fmt::format("Kernel {} sets {} run_block and run_item; exactly one is needed.", name,
                       kernel->run_block == nullptr ? "neither of" : "both"));
  const void *entry = kernel->run_block != nullptr ? reinterpret_cast<const void *>(kernel->run_block)
                                                   : reinterpret_cast<const void *>(kernel->run_item);
  if (!addresses.executable(entry))
    refuse(fmt::format("The function of kernel {} is outside of the module's code.", name));
  if (kernel->run_block != nullptr && (kernel->flags & HAL_NATIVE_USES_BARRIER) != 0)
    refuse(fmt::format("Kernel {} runs whole blocks and says that its items use a barrier.", name));
  if (kernel->parameter_count > most_parameters ||
      (kernel->parameter_count != 0 &&
       (kernel->parameters == nullptr ||
        reinterpret_cast<std::uintptr_t>(kernel->parameters) % alignof(hal_native_parameter) != 0 ||
        !addresses.readable(kernel->parameters,
                            std::uint64_t{kernel->parameter_count} * sizeof *kernel->parameters)))) {
    refuse(fmt::format("The {} parameters of kernel {} are NULL, too many or outside of the module.",
                       kernel->parameter_count, name));
  }
  for (std::uint32_t parameter = 0; parameter < kernel->parameter_count; ++parameter)
    verify_parameter(*kernel, parameter, addresses);
  const std::uint32_t *block = kernel->required_block;
  const bool open = block[0] == 0 && block[1] == 0 && block[2] == 0;
  if (!open && (block[0] == 0 || block[1] == 0 || block[2] == 0)) {
    refuse(fmt::format("The required block of kernel {} is {} x {} x {}; all extents are 0 or none is.", name,
                       block[0], block[1], block[2]));
  }
  verify_limits(*kernel);
}

}  // namespace

void verify_module(const hal_native_module &module, const address_check &addresses) {
  if (module.struct_size < sizeof module) {
    refuse(fmt::format("The module's table says that it has {} bytes; {} are expected.", module.struct_size,
                       sizeof module));
  }
  if (module.kernel_count == 0 || module.kernel_count > most_kernels || module.kernels == nullptr ||
      reinterpret_cast<std::uintptr_t>(module.kernels) % alignof(void *) != 0 ||
      !addresses.readable(module.kernels, std::uint64_t{module.kernel_count} * sizeof *module.kernels)) {
    refuse(fmt::format("The module's table of {} kernels is empty, NULL, too long or outside of the module.",
                       module.kernel_count));
  }
  std::vector<std::string_view> names;
  for (std::uint32_t index = 0; index < module.kernel_count; ++index) {
    verify_kernel(module.kernels + index, index, addresses);
    names.emplace_back(module.kernels[index]->name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) refuse(fmt::format("Two kernels of the module have the name {}.", *twice));
}

}  // namespace hal::plugins::host
