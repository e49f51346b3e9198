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
#include "plugins/cuda/api.hpp"
#include "plugins/cuda/image.hpp"
#include "plugins/cuda/kernel.hpp"

struct hal_module {
  hal_module(hal_device &owner, hal::plugins::cuda::driver::module loaded) : device(owner), native(loaded) {}
  ~hal_module();
  void end(hal::plugins::cuda::ending &told) noexcept;
  hal_module(const hal_module &) = delete;
  hal_module &operator=(const hal_module &) = delete;

  hal_device &device;
  hal::plugins::cuda::driver::module native;
  bool names_known = false;                             // `names` holds all kernels
  std::vector<std::string> names;                       // sorted
  std::vector<hal::plugins::cuda::image_kernel> image;  // what the image told, if it could be read
  bool compiled = false;                                // from PTX
  bool kept = false;                                    // with HAL_MODULE_KEEP_BINARY
  std::vector<std::byte> binary;                        // what the linker made
  std::mutex mutex;
  std::map<std::string, hal_kernel, std::less<>> kernels;  // those that were asked for
};

namespace hal::plugins::cuda {

inline constexpr const char *module_formats[] = {"ptx", "cubin", "fatbin"};

// Table entries; the contract is hal/abi/device.h.
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
  static void module_unload(hal_device *device, hal_module *module);
  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count);
  static void module_binary(hal_module *module, hal_module_binary *binary);
};

}  // namespace hal::plugins::cuda
