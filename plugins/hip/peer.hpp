// What one device may do with another's memory.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/hip/api.hpp"

namespace hal::plugins::hip {

// Gives up what peer_enable took; the device is current.
driver::result leave_link(const hal_device &device, driver::device peer);

// Table entries; the contract is hal/abi/device.h.
void peer_info(hal_device *device, hal_device *peer, hal_peer_info *out);
void peer_enable(hal_device *device, hal_device *peer);
void peer_disable(hal_device *device, hal_device *peer);

}  // namespace hal::plugins::hip
