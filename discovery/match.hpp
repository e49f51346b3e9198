// Which plugin claims which PCI function. Pure: manifests and facts in, answer out.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "discovery/manifest.hpp"
#include "discovery/pci_function.hpp"

namespace hal::discovery {

// How closely a manifest names a function; a later enumerator is the closer one.
enum class match_rank {
  none,
  vendor,  // the vendor alone
  vendor_and_class,
  exact,  // vendor and device, with or without a class
};

// The closest rank over the manifest's match list. An unread fact agrees with nothing. `any` claims no PCI
// function: it is for devices that no bus shows.
match_rank match(const manifest &plugin, const pci_function &function);

struct claim {
  std::size_t plugin;  // index into the manifests given
  match_rank rank;

  friend bool operator==(const claim &, const claim &) = default;
};

// Every manifest that claims the function, the closest first; equal ranks keep the order of the manifests.
std::vector<claim> claims(std::span<const manifest> plugins, const pci_function &function);

}  // namespace hal::discovery
