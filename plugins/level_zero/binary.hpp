// The driver's own binaries as this plugin hands them out: behind the driver's bytes stands what its binary
// does not tell, the parameters of the kernels.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plugins/level_zero/image.hpp"

namespace hal::plugins::level_zero {

// The driver's bytes with the kernels' parameters behind them.
std::vector<std::byte> join_binary(std::vector<std::byte> native, const std::vector<image_kernel> &kernels);

// The driver's part of a binary, and the kernels when they stand behind it.
struct split_binary {
  std::span<const std::byte> native;
  std::vector<image_kernel> kernels;
};
split_binary split(std::span<const std::byte> binary);

}  // namespace hal::plugins::level_zero
