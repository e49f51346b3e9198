// Peer access between NVIDIA's devices.
#pragma once

#include "hal/plugin/native/peer.hpp"
#include "plugins/cuda/traits.hpp"

namespace hal::plugins::cuda {

using peer_entries = plugin::native::peer_entries<traits>;

}  // namespace hal::plugins::cuda
