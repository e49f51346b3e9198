// Whether a PCI Express link runs below what both of its ends can do.
#pragma once

#include <optional>
#include <string>

#include "discovery/pci_function.hpp"

namespace hal::discovery {

// A sentence with both values, or nothing: the link runs as fast and as wide as the function and the bridge
// above it can, or one of the figures is unknown.
std::optional<std::string> slow_link(const pci_function &function, const pci_function &bridge);

}  // namespace hal::discovery
