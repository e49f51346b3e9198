// What the last probe found, for everything that takes a device's index.
#pragma once

#include <cstdint>

#include "hal/abi/description.h"
#include "plugins/template/api.hpp"

namespace template_plugin {

// The vendor's entries, for a device of the last probe. Throws HAL_STATUS_INVALID_STATE when there was none,
// HAL_STATUS_OUT_OF_RANGE when it found fewer devices.
const api &probed(std::uint32_t index);

// `out` is zeroed. Throws like probed.
void describe(std::uint32_t index, hal_device_description &out);

}  // namespace template_plugin
