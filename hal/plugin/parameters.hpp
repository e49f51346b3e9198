// The parameters of a kernel as its code tells them, and a launch's arguments held against them in few
// instructions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "hal/plugin/failure.hpp"
#include "hal/plugin/record.hpp"

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

// kernel_parameter over what a kernel takes; `name` is the kernel's.
inline void tell_parameter(const std::vector<image_parameter> &all, const std::string &name,
                           std::uint32_t index, hal_parameter *out) {
  if (index >= all.size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE, name + " has " + std::to_string(all.size()) +
                                               " parameters; number " + std::to_string(index) +
                                               " was asked for.");
  }
  hal_parameter full{};
  full.kind = all[index].kind;
  full.size = all[index].size;
  full.alignment = all[index].alignment;
  copy_text(full.name, all[index].name);
  write_record(out, full, "The parameter");
}

// kernel_suggest_block: `most` items of a block over the axes, the first one first, as far as `items` and the
// device's largest extents go; 0 items on an axis: not known.
inline void spread_block(std::uint32_t most, const std::uint32_t *items, const std::uint32_t *largest,
                         std::uint32_t *out_block) {
  for (int axis = 0; axis < 3; ++axis) {
    const std::uint32_t many = axis == 0 ? most : 1;
    const std::uint32_t wish = items[axis] == 0 ? many : items[axis];
    out_block[axis] = std::max(1u, std::min({wish, most, largest[axis]}));
    most /= out_block[axis];
  }
}

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
