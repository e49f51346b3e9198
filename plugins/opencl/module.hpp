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
#include "plugins/opencl/kernel.hpp"

struct hal_module {
  hal_module(hal_device &owner, hal::plugins::opencl::driver::program built) : device(owner), native(built) {}
  ~hal_module();
  hal_module(const hal_module &) = delete;
  hal_module &operator=(const hal_module &) = delete;

  hal_device &device;
  const hal::plugins::opencl::driver::program native;
  std::vector<std::string> names;  // sorted
  std::string source;              // of OpenCL C, for what only its compiler can tell; empty otherwise
  std::string options;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<hal_kernel>, std::less<>> kernels;  // those that were asked for
};

namespace hal::plugins::opencl {

// A program that is built; the caller releases it. `log` gets what the compiler said, also when this throws.
driver::program build_source(hal_device &device, const std::string &text, const std::string &options,
                             std::string &log);

// Table entries; the contract is hal/abi/device.h.
void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
void module_unload(hal_device *device, hal_module *module);
void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                        std::uint32_t *out_count);

}  // namespace hal::plugins::opencl
