#include "discovery/link_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hal::discovery {
namespace {

// "2.5 GT/s x8"
std::string in_words(const pci_link &link) {
  return fmt::format("{:g} GT/s x{}", link.megatransfers / 1000.0, link.width);
}

bool is_known(const pci_link &link) {
  return link.megatransfers != 0 && link.width != 0;
}

}  // namespace

std::optional<std::string> slow_link(const pci_function &function, const pci_function &bridge) {
  if (!is_known(function.link) || !is_known(function.link_max) || !is_known(bridge.link_max))
    return std::nullopt;
  const pci_link both = {std::min(function.link_max.megatransfers, bridge.link_max.megatransfers),
                         std::min(function.link_max.width, bridge.link_max.width)};
  const bool narrow = function.link.width < both.width;
  if (!narrow && function.link.megatransfers >= both.megatransfers) return std::nullopt;
  return fmt::format("The link of {} runs at {} although it and the bridge above it, {}, can do {}{}.",
                     to_string(function.address), in_words(function.link), to_string(bridge.address),
                     in_words(both), narrow ? "" : "; many devices slow an idle link down to save power");
}

}  // namespace hal::discovery
