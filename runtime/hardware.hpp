// The machine's hardware, without any vendor's driver: loads the libpci module and lets discovery look.
#pragma once

#include <filesystem>
#include <span>

#include "discovery/inventory.hpp"

namespace hal::rt {

// `machine` is the root of a file system with /sys, or of a recorded one. Does not throw for what is not
// there: the warnings say it.
discovery::inventory look_at_hardware(const std::filesystem::path &machine,
                                      std::span<const discovery::manifest> manifests);

}  // namespace hal::rt
