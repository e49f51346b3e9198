// Kernels of a stand-in's device on the CPU: block after block, items of a block with barriers as threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/native_kernel.h"

namespace sim {

struct launch_shape {
  std::uint32_t grid[3], block[3];
  std::uint64_t shared;
};

// Runs all blocks of a launch with the bytes of its arguments; false when the kernel failed.
bool run_kernel(const hal_native_kernel &kernel, const launch_shape &shape,
                const std::vector<std::vector<std::byte>> &arguments);

// The kernel of that name, compiled in or of one of the shared objects `files`, which are loaded once; NULL
// when there is none.
const hal_native_kernel *find_native(const std::string &name, const std::vector<std::string> &files);

}  // namespace sim
