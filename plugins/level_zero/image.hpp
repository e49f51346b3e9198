// What a SPIR-V module tells of its kernels, read without the driver: Level Zero tells names but no
// parameters, wants the sizes of arguments, and takes modules that were cut short for good ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/plugin/parameters.hpp"

namespace hal::plugins::level_zero {

using plugin::image_kernel;
using plugin::image_parameter;

// A specialisation constant: what it is known by, and how wide its value is.
struct image_constant {
  std::uint32_t id = 0;
  std::uint32_t size = 0;
  bool is_real = false;
};

struct image {
  std::uint32_t version = 0;  // major << 16 | minor
  std::vector<image_kernel> kernels;
  std::vector<image_constant> constants;
  std::string fault;  // what is wrong with the module; empty when it is whole, and only then the rest counts
};

image read_spirv(std::span<const std::byte> module);

}  // namespace hal::plugins::level_zero
