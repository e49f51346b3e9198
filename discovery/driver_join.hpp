// Brings together what the bus shows and what drivers show.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "discovery/inventory.hpp"

namespace hal::discovery {

// Adds what drivers tell to `found.devices`: nodes, names that no list had, partitions as devices of their
// own, accelerators that no rule knew, and those on no PCI bus. `make` builds the entry of a function that is
// an accelerator for the given reason. Keeps the order that `found` promises.
void join_drivers(
    inventory &found, std::vector<driver_device> drivers,
    const std::function<found_device(const pci_function &, device_type, std::string why)> &make);

}  // namespace hal::discovery
