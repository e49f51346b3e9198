// The inventory that users see: hardware from the buses and devices from the plugins, each device once.
#pragma once

#include <span>

#include "discovery/inventory.hpp"
#include "hal/inventory.hpp"
#include "runtime/catalog.hpp"

namespace hal::rt {

// Joins both by PCI address, UUID and partition. Two reports of one plugin are two devices, whatever they
// have in common. Hardware comes first, by address; then what is on no bus, in the plugins' order, CPUs last.
// Parts come behind the physical device that they are parts of. `recorded`: the hardware is a recorded
// machine's, and no plugin was asked. `checks` look for causes in the system (discovery/need_checks.hpp).
inventory make_listing(const discovery::inventory &hardware, const catalog &plugins, bool recorded,
                       std::span<const discovery::further_check> checks = {});

}  // namespace hal::rt
