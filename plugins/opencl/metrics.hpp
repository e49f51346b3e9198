// Named properties. OpenCL has no live figures: devices that other plugins drive as well have theirs.
#pragma once

#include <cstdint>
#include <vector>

#include "hal/abi/description.h"

namespace hal::plugins::opencl {

// All that the driver says of the device and its platform. Throws like describe.
std::vector<hal_property> properties(std::uint32_t index);

}  // namespace hal::plugins::opencl
