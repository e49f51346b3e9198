// What the verbs that show a topology share.
#pragma once

#include <string>

#include "hal/topology.hpp"
#include "runtime/halctl/json.hpp"

namespace hal::ctl {

// "gpu", "network", "bridge": the type of an accelerator, the kind of everything else.
std::string kind_text(const topology_node &node);

// "x16 32 GT/s"; "x8 of x16, 8 of 32 GT/s" when it is less than the device can do; empty when not known.
std::string link_text(const pci_express_link &link);

// Empty when the link is not known.
json link_to_json(const pci_express_link &link);

json node_to_json(const topology &machine, const topology_node &node);

}  // namespace hal::ctl
