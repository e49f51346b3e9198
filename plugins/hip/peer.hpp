// Peer access between AMD's devices.
#pragma once

#include "hal/plugin/native/peer.hpp"
#include "plugins/hip/traits.hpp"

namespace hal::plugins::hip {

using peer_entries = plugin::native::peer_entries<traits>;

}  // namespace hal::plugins::hip
