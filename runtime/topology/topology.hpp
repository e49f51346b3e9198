// What topology needs from the system: processors from /sys, links from plugins' properties.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/topology_cpus.hpp"
#include "hal/inventory.hpp"
#include "hal/runtime.hpp"
#include "hal/topology.hpp"

namespace hal::rt {

// From the root of a file system with /sys, or of a recorded one. Does not throw for what is not there: what
// a machine does not tell is empty.
discovery::processors read_processors(const std::filesystem::path &machine);

// The cores of these CPUs ("0-15,64-79") by their logical numbers, as hwloc's lstopo and Slurm count them:
// "0-15". Empty where they are not known, or are all that the machine has.
std::string cores_near(const discovery::processors &machine, std::string_view cpu_list);

// Ranges of numbers in order: "0-3,7".
std::string number_list(const std::vector<unsigned> &sorted);

// The links among a device's properties (docs/topology.md, "Vendors' links"): `link.<n>.peer` with
// `link.<n>.kind`, `link.<n>.count` and `link.<n>.bandwidth`. A peer that is named by UUID is looked up in
// the listing. What is incomplete or makes no sense is left out.
std::vector<device_link> links_of(const device_entry &entry, const device_info &way_in,
                                  const std::vector<device_property> &properties, const inventory &listing);

// Calls `use` with every way in to a device on a PCI bus, CPUs apart, and its properties. A plugin that
// cannot tell them is passed over.
void for_each_property_list(const inventory &listing, runtime &from,
                            const std::function<void(const device_entry &, const device_info &,
                                                     const std::vector<device_property> &)> &use);

}  // namespace hal::rt
