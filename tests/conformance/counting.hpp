// Work whose arguments are right, for cases that make something else wrong, and that tell by the count
// whether it ran.
#pragma once

#include <algorithm>
#include <cstdint>

#include "tests/conformance/kernels.hpp"

namespace conformance {

inline std::uint32_t largest_block_x() {
  return std::min(description().max_block[0], description().max_block_items);
}

struct counting {
  explicit counting(hal_device *device, const kernel_format &format)
      : on(device), counter(device, 4), loaded(device, format, "count"), kernel(loaded.kernel("count")) {
    fill(on, counter, 0);
  }
  work items(extents grid, extents block) {
    work made(grid, block);
    made.memory(counter);
    return made;
  }
  std::uint32_t counted() { return download<std::uint32_t>(on, counter, 1).front(); }

  stream on;
  buffer counter;
  loaded_module loaded;
  hal_kernel *kernel;
};

}  // namespace conformance
