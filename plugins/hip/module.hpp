// Modules and what loads them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/hip/api.hpp"
#include "plugins/hip/image.hpp"
#include "plugins/hip/kernel.hpp"

struct hal_module {
  // Keeps the bytes: the runtime is not documented to copy them.
  hal_module(hal_device &owner, std::vector<std::byte> bytes, const hal::plugins::hip::code_object &told);
  ~hal_module();
  void end(hal::plugins::hip::ending &told) noexcept;
  hal_module(const hal_module &) = delete;
  hal_module &operator=(const hal_module &) = delete;

  hal_device &device;
  const std::vector<std::byte> code;
  hal::plugins::hip::driver::module native = nullptr;
  bool compiled = false;           // `code` is what hipRTC made
  std::vector<std::string> names;  // sorted
  const std::vector<hal::plugins::hip::image_kernel> image;
  std::mutex mutex;
  std::map<std::string, hal_kernel, std::less<>> kernels;  // those that were asked for
};

namespace hal::plugins::hip {

// Table entries; the contract is hal/abi/device.h.
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
  static void module_unload(hal_device *device, hal_module *module);
  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count);
  static void module_binary(hal_module *module, hal_module_binary *binary);
};

}  // namespace hal::plugins::hip
