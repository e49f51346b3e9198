// Which files in /dev belong to which accelerator.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "discovery/inventory.hpp"
#include "hal/inventory.hpp"
#include "hal/topology.hpp"

namespace hal::rt {

// What plugins say of their devices' files (property `device_file.<n>`), by address.
using reported_files = std::map<pci_address, std::vector<std::string>>;

void add_reported_files(const device_entry &entry, const std::vector<device_property> &properties,
                        reported_files &to);

// One entry per accelerator, in the inventory's order. A device's own files are those that /sys names below
// it, else those that its plugin reports; else, where its plugin's manifest asks for a pattern and exactly
// one file per device is numbered by it, those by order. What the manifest asks for by its whole name, or
// what has no number, is shared. `machine` is the root of a file system with /sys and /dev, or of a recorded
// one, whose /dev may be missing.
std::vector<device_files> find_device_files(const std::filesystem::path &machine,
                                            const discovery::inventory &hardware,
                                            std::span<const discovery::manifest> manifests,
                                            const reported_files &reported = {});

}  // namespace hal::rt
