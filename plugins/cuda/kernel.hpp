// Kernels and their launches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/cuda/api.hpp"
#include "plugins/cuda/image.hpp"

struct hal_kernel {
  hal_module *module = nullptr;
  hal_device *device = nullptr;
  hal::plugins::cuda::driver::function native = nullptr;
  std::uint32_t parameter_count = HAL_UNKNOWN_COUNT;
  std::uint32_t max_block_items = 0;
  std::uint64_t max_dynamic_shared_memory = 0;
  std::uint64_t static_shared_memory = 0;
  std::uint32_t registers = 0;
  std::uint32_t local_memory = 0;
  std::uint32_t required_block[3] = {0, 0, 0};  // all 0: any
  std::vector<hal::plugins::cuda::image_parameter> parameters;
  std::vector<hal::plugin::parameter_key> keys;  // of `parameters`
  std::string name;
};

namespace hal::plugins::cuda {

// Finds the function and its parameters, and lets it use all the shared memory there is; the device's context
// is current. Throws HAL_STATUS_NOT_FOUND.
hal_kernel make_kernel(hal_module &module, const char *name);

// Table entries; the contract is hal/abi/device.h.
struct kernel_entries {
  static void kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out);
  static void kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out);
  static void kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                   std::uint64_t dynamic_shared_memory, std::uint32_t *out_block);
  static void kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                               std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks);
  static void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch);
};

}  // namespace hal::plugins::cuda
