// What a code image tells of its kernels, read without the driver: for drivers that do not tell, and because
// the driver is given an address without a size and would read beyond a binary that was cut short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/objects.h"

namespace hal::plugins::cuda {

struct image_parameter {
  hal_argument_kind kind = HAL_ARGUMENT_VALUE;
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  std::string name;  // empty: not told
};

struct image_kernel {
  std::string name;
  std::vector<image_parameter> parameters;
  std::uint32_t required_block[3] = {0, 0, 0};
};

// The entries of PTX text, as far as it can be read: text that is not PTX has none.
std::vector<image_kernel> read_ptx(std::string_view text);
// The kernels of a cubin, which check_cubin found sound.
std::vector<image_kernel> read_cubin(std::span<const std::byte> image);

// What is wrong with an image; empty when it is whole.
std::string cubin_fault(std::span<const std::byte> image);
std::string fatbin_fault(std::span<const std::byte> image);

}  // namespace hal::plugins::cuda
