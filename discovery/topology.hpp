// How the PCI functions of an inventory are connected. Pure: values in, values out.
#pragma once

#include "discovery/inventory.hpp"
#include "discovery/pci_names.hpp"
#include "discovery/topology_cpus.hpp"
#include "hal/topology.hpp"

namespace hal::discovery {

// n log n in the number of functions. Whatever the functions say of their parents, the result is a forest: a
// function whose parents lead round in a circle, or to a function that is not there, has none.
topology build_topology(const inventory &hardware, const processors &machine, const pci_names &names);

}  // namespace hal::discovery
