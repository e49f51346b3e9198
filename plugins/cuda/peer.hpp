// What one device may do with another's memory.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda {

// Gives up what peer_enable took; the device's context is current.
void leave_link(ending &told, driver::context peer) noexcept;

// Table entries; the contract is hal/abi/device.h.
struct peer_entries {
  static void peer_info(hal_device *device, hal_device *peer, hal_peer_info *out);
  static void peer_enable(hal_device *device, hal_device *peer);
  static void peer_disable(hal_device *device, hal_device *peer);
};

}  // namespace hal::plugins::cuda
