// The fixed facts of a device, read from the runtime without work on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/description.h"
#include "plugins/hip/api.hpp"
#include "plugins/hip/target.hpp"

namespace hal::plugins::hip {

// The runtime's entries, for a device of the last probe. Throws HAL_STATUS_INVALID_STATE when there was none,
// HAL_STATUS_OUT_OF_RANGE when it found fewer devices.
const api &probed(std::uint32_t index);

// `out` is zeroed. Throws like probed.
void describe(std::uint32_t index, hal_device_description &out);

// An attribute of a device; 0 when the runtime does not know it or refuses.
int attribute_of(const api &api, driver::device device, driver::device_attribute which) noexcept;

// What the device is as a target; empty when the runtime does not tell. Only the property record has it,
// whose layout changed with HIP 6 and grows: so it is given room for any, and what begins with "gfx" behind
// the product's name is taken, wherever it stands.
target target_of(const api &api, driver::device device);

// The module formats that the device takes.
std::vector<std::string> formats_of(const api &api);

// "AMD Instinct MI210 (0000:c1:00.0)", for messages.
std::string device_label(const hal_device_description &facts);

}  // namespace hal::plugins::hip
