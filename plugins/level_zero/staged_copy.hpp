// Copies between devices that do not reach one another's memory: through host memory, by lists of both.
#pragma once

#include "plugins/level_zero/operation.hpp"

namespace hal::plugins::level_zero {

// In the order of the stream, which is one of either device.
void copy_staged(hal_stream &on, const operation &work);

}  // namespace hal::plugins::level_zero
