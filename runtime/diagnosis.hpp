// What of the system and of the HAL itself keeps devices from being used.
#pragma once

#include <vector>

#include "discovery/system_checks.hpp"
#include "hal/inventory.hpp"
#include "hal/runtime.hpp"

namespace hal::rt {

// The checks of discovery/system_checks.hpp, and whether the HAL's parts and plugins are there. Of a recorded
// machine, what its files tell. Throws what the catalog throws (runtime/catalog.hpp).
std::vector<discovery::system_check> diagnose(const runtime_options &options, const inventory &listing);

}  // namespace hal::rt
