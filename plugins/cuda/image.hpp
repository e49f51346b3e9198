// What a code image tells of its kernels, read without the driver: for drivers that do not tell, and because
// the driver is given an address without a size and would read beyond a binary that was cut short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/plugin/parameters.hpp"

namespace hal::plugins::cuda {

using plugin::image_kernel;
using plugin::image_parameter;

// The entries of PTX text, as far as it can be read: text that is not PTX has none.
std::vector<image_kernel> read_ptx(std::string_view text);
// The kernels of a cubin, which check_cubin found sound.
std::vector<image_kernel> read_cubin(std::span<const std::byte> image);

// What is wrong with an image; empty when it is whole.
std::string cubin_fault(std::span<const std::byte> image);
std::string fatbin_fault(std::span<const std::byte> image);

}  // namespace hal::plugins::cuda
