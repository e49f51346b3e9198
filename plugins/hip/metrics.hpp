// What is read without opening a device: named properties and live figures.
#pragma once

#include <cstdint>
#include <vector>

#include "hal/abi/description.h"

namespace hal::plugins::hip {

// The contract is hal/abi/plugin.h; `out` is zeroed and its struct_size set.
std::vector<hal_property> properties(std::uint32_t index);
void metrics(std::uint32_t index, hal_metrics &out);

}  // namespace hal::plugins::hip
