// Kernels and their launches.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/plugin/spin_lock.hpp"
#include "plugins/level_zero/api.hpp"
#include "plugins/level_zero/image.hpp"
#include "plugins/level_zero/operation.hpp"

namespace hal::plugins::level_zero {

// A parameter as a launch compares it: size and kind in one word, without what does not count. Memory and a
// value of 8 bytes are told apart; the size of shared memory is the launch's.
struct parameter_key {
  explicit parameter_key(const image_parameter &formal)
      : expected(std::uint64_t{formal.size} << 32 | formal.kind),
        compared(formal.kind == HAL_ARGUMENT_SHARED ? 0xffff'ffffu : ~std::uint64_t{0}) {}

  bool fits(const hal_argument &given) const noexcept {
    return ((std::uint64_t{given.size} << 32 | given.kind) & compared) == expected;
  }

  std::uint64_t expected, compared;
};

}  // namespace hal::plugins::level_zero

struct hal_kernel {
  hal_module *module = nullptr;
  hal_device *device = nullptr;
  hal::plugins::level_zero::driver::kernel native = nullptr;
  std::uint32_t parameter_count = 0;
  bool parameters_known = false;  // by the image: `parameters` and `keys`
  std::uint32_t max_block_items = 0;
  std::uint64_t static_shared_memory = 0;
  std::uint64_t local_memory = 0;
  std::uint32_t subgroup_size = 0;
  std::uint32_t required_block[3] = {0, 0, 0};  // all 0: any
  std::vector<hal::plugins::level_zero::image_parameter> parameters;
  std::vector<hal::plugins::level_zero::parameter_key> keys;  // of `parameters`
  std::string name;

  // The driver keeps the next launch's arguments and block in the kernel: one thread at a time.
  hal::plugin::spin_lock lock;
  std::uint32_t block[3] = {0, 0, 0};  // as the driver was told last
};

namespace hal::plugins::level_zero {

// Makes the driver's kernel and reads what is known of it. Throws HAL_STATUS_NOT_FOUND.
void find_kernel(hal_module &module, const char *name, hal_kernel &out);
// Tells the driver the block, unless it knows; under the kernel's lock.
driver::result set_block(hal_kernel &kernel, const std::uint32_t *block);

// A launch that a graph recorded, given to a stream; and appended to a list that nobody else uses.
void launch_recorded(hal_stream &on, const recorded_launch &recorded);
void append_recorded(driver::command_list list, const recorded_launch &recorded);

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

}  // namespace hal::plugins::level_zero
