// The drivers that are registered with OpenCL's loader, which skips those that do not work without a word.
#pragma once

#include "hal/abi/plugin.h"

namespace hal::plugins::opencl {

// Loads the library of every registered driver, as the loader is about to, and tells the host which
// registration is empty or names a library that cannot be loaded. The name of each is told first, so that a
// library which ends the process is known.
void check_drivers(const hal_host &host);

}  // namespace hal::plugins::opencl
