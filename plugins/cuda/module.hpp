// Modules and what loads them.
#pragma once

#include <cstddef>
#include <vector>

#include "hal/plugin/native/module.hpp"
#include "plugins/cuda/image.hpp"
#include "plugins/cuda/kernel.hpp"
#include "plugins/cuda/traits.hpp"

struct hal_module : hal::plugin::native::module<hal::plugins::cuda::traits> {
  using module::module;

  bool compiled = false;          // from PTX
  bool kept = false;              // with HAL_MODULE_KEEP_BINARY
  std::vector<std::byte> binary;  // what the linker made
};

namespace hal::plugins::cuda {

struct module_entries : plugin::native::module_entries<traits> {
  static void module_binary(hal_module *module, hal_module_binary *binary);
};

}  // namespace hal::plugins::cuda
