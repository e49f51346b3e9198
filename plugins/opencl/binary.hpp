// Binaries of OpenCL's drivers, checked before a driver gets them: some end the process over one that was cut
// short.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugins/opencl/parameters.hpp"

namespace hal::plugins::opencl {

// What drivers forget of a kernel when it becomes a binary.
struct kernel_facts {
  std::string name;
  std::vector<parameter> parameters;
};

struct checked_parts {
  std::span<const std::byte> binary;  // the driver's part
  std::vector<kernel_facts> facts;    // what the wrapping told; empty without one
};

// Throws HAL_STATUS_INVALID_MODULE for bytes that are not whole, or of which that cannot be told.
checked_parts checked_binary(std::span<const std::byte> bytes);

// A driver's binary in a wrapping that tells whether it is whole, and what is known of its kernels.
std::string wrapped_binary(std::span<const std::byte> binary, const std::vector<kernel_facts> &facts);

}  // namespace hal::plugins::opencl
