// What one device may do with another's memory. Level Zero has no switch for it: what can be reached is.
#pragma once

#include "hal/abi/objects.h"
#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

// Whether commands of one reach the other's memory; of two openings of one device they do.
bool is_reachable(hal_device &device, const hal_device &other);

// Table entries; the contract is hal/abi/device.h.
struct peer_entries {
  static void peer_info(hal_device *device, hal_device *peer, hal_peer_info *out);
  static void peer_enable(hal_device *device, hal_device *peer);
  static void peer_disable(hal_device *device, hal_device *peer);
};

}  // namespace hal::plugins::level_zero
