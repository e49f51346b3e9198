// Modules and what loads them.
#pragma once

#include <cstddef>
#include <vector>

#include "hal/plugin/native/module.hpp"
#include "plugins/hip/image.hpp"
#include "plugins/hip/kernel.hpp"
#include "plugins/hip/traits.hpp"

struct hal_module : hal::plugin::native::module<hal::plugins::hip::traits> {
  // Keeps the bytes: the runtime is not documented to copy them.
  hal_module(hal_device &owner, std::vector<std::byte> bytes, const hal::plugins::hip::code_object &told);
  ~hal_module();

  const std::vector<std::byte> code;
  bool compiled = false;  // `code` is what hipRTC made
};

namespace hal::plugins::hip {

struct module_entries : plugin::native::module_entries<traits> {
  static void module_binary(hal_module *module, hal_module_binary *binary);
};

}  // namespace hal::plugins::hip
