// Modules and what loads them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/opencl/api.hpp"
#include "plugins/opencl/binary.hpp"
#include "plugins/opencl/kernel.hpp"

namespace hal::plugins::opencl {}

struct hal_module {
  hal_module(hal_device &owner, hal::plugins::opencl::driver::program built) : device(owner), native(built) {}
  ~hal_module();
  void end(hal::plugins::opencl::ending &told) noexcept;
  hal_module(const hal_module &) = delete;
  hal_module &operator=(const hal_module &) = delete;

  hal_device &device;
  const hal::plugins::opencl::driver::program native;
  bool ended = false;
  bool compiled = false;           // here, from source or an intermediate form
  std::vector<std::string> names;  // sorted
  std::string source;              // of OpenCL C, for what only its compiler can tell; empty otherwise
  std::string options;
  std::vector<hal::plugins::opencl::kernel_facts> facts;  // of a binary whose driver tells less
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<hal_kernel>, std::less<>> kernels;  // those that were asked for
};

namespace hal::plugins::opencl {

// A program that is built; the caller releases it. `log` gets what the compiler said, also when this throws.
driver::program build_source(hal_device &device, const std::string &text, const std::string &options,
                             std::string &log);

// Table entries; the contract is hal/abi/device.h.
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
  static void module_unload(hal_device *device, hal_module *module);
  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count);
  static void module_binary(hal_module *module, hal_module_binary *binary);
};

}  // namespace hal::plugins::opencl
