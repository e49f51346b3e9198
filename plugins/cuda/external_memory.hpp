// Memory that leaves the process or comes from outside: descriptors, dma-bufs, IPC handles, and what the
// caller allocated with CUDA itself.
#pragma once

#include "hal/plugin/native/adopt.hpp"
#include "hal/plugin/native/external_memory.hpp"
#include "plugins/cuda/memory.hpp"

namespace hal::plugins::cuda {

using external_memory_entries = plugin::native::external_memory_entries<traits>;
using adopt_entries = plugin::native::adopt_entries<traits>;

}  // namespace hal::plugins::cuda
