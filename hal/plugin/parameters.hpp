// The parameters of a kernel as its code tells them, and a launch's arguments held against them in few
// instructions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/objects.h"

namespace hal::plugin {

struct image_parameter {
  hal_argument_kind kind = HAL_ARGUMENT_VALUE;
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  std::string name;  // empty: not told
};

struct image_kernel {
  std::string name;
  std::vector<image_parameter> parameters;
  std::uint32_t required_block[3] = {0, 0, 0};  // all 0: any
};

// A parameter as a launch compares it: size and kind in one word. Memory and a value of 8 bytes are the same
// to a kernel of an address-based API.
struct parameter_key {
  explicit parameter_key(std::uint32_t size)
      : expected(std::uint64_t{size} << 32),
        compared(size == sizeof(std::uint64_t) ? ~std::uint64_t{HAL_ARGUMENT_MEMORY} : ~std::uint64_t{0}) {}

  bool fits(const hal_argument &given) const noexcept {
    return (((std::uint64_t{given.size} << 32) | given.kind) & compared) == expected;
  }

  std::uint64_t expected, compared;
};

}  // namespace hal::plugin
