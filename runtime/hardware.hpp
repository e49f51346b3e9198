// The machine's hardware, without any vendor's driver: loads the libpci module and lets discovery look.
#pragma once

#include <filesystem>
#include <span>

#include "discovery/inventory.hpp"

namespace hal::rt {

// What a path that stands for a machine holds.
enum class machine_kind {
  absent,   // there is nothing, or it cannot be looked at
  tree,     // a folder
  dump,     // a file written by lspci -x, -xxx or -xxxx
  listing,  // a file written by lspci -nn
  unknown,  // a file of another kind
};
machine_kind kind_of_machine(const std::filesystem::path &machine);

// How much is read of functions that are no accelerators.
enum class hardware_detail {
  identity,  // ids, class, driver, bridge above and root bus: what a listing needs
  all,       // everything: for topology and recordings
};

// `machine` is the root of a file system with /sys, or of a recorded one: a folder that holds sys/, or one
// below which the search for recorded parts finds it, cards of /sys/class/drm or the nodes of /sys/class/kfd;
// or a dump or listing of lspci. Does not throw for what is not there: the warnings say it.
discovery::inventory look_at_hardware(const std::filesystem::path &machine,
                                      std::span<const discovery::manifest> manifests,
                                      hardware_detail detail = hardware_detail::identity);

}  // namespace hal::rt
