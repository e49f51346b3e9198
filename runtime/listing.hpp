// The inventory that users see: hardware from the buses and devices from the plugins, each device once.
#pragma once

#include "discovery/inventory.hpp"
#include "hal/inventory.hpp"
#include "runtime/catalog.hpp"

namespace hal::rt {

// Joins both by PCI address, UUID and partition. Hardware comes first, by address; then what is on no bus, in
// the plugins' order, CPUs last. `recorded`: the hardware is a recorded machine's, and no plugin was asked.
inventory make_listing(const discovery::inventory &hardware, const catalog &plugins, bool recorded);

}  // namespace hal::rt
