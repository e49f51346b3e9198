// Which libamdhip64.so is used: the one named by HAL_HIP_LIBRARY, else one that the process has already, else
// the newest that the dynamic linker finds.
#pragma once

#include "plugins/hip/api.hpp"

namespace hal::plugins::hip {

// Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text.
runtime_library find_runtime();

}  // namespace hal::plugins::hip
