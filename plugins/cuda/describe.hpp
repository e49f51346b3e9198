// The fixed facts of a device, read from the driver without a context.
#pragma once

#include <cstdint>
#include <string>

#include "hal/abi/description.h"
#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda {

// The driver's entries, for a device of the last probe. Throws HAL_STATUS_INVALID_STATE when there was none,
// HAL_STATUS_OUT_OF_RANGE when it found fewer devices.
const api &probed(std::uint32_t index);

// `out` is zeroed. Throws like probed.
void describe(std::uint32_t index, hal_device_description &out);

// An attribute of a device; 0 when the driver does not know it or refuses.
int attribute_of(const api &api, driver::device device, driver::device_attribute which) noexcept;

// "NVIDIA H200 (0000:17:00.0)", for messages.
std::string device_label(const hal_device_description &facts);

}  // namespace hal::plugins::cuda
