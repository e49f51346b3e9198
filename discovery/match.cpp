#include "discovery/match.hpp"

#include <algorithm>

namespace hal::discovery {
namespace {

match_rank rank_of(const pci_match &entry, const pci_function &function) {
  if (function.vendor != entry.vendor) return match_rank::none;
  if (entry.device && function.device != entry.device) return match_rank::none;
  if (entry.class_code) {
    if (!function.class_code) return match_rank::none;
    if (((*function.class_code ^ *entry.class_code) & entry.class_mask) != 0) return match_rank::none;
  }
  if (entry.device) return match_rank::exact;
  return entry.class_code ? match_rank::vendor_and_class : match_rank::vendor;
}

}  // namespace

match_rank match(const manifest &plugin, const pci_function &function) {
  match_rank best = match_rank::none;
  for (const pci_match &entry : plugin.matches) best = std::max(best, rank_of(entry, function));
  return best;
}

std::vector<claim> claims(std::span<const manifest> plugins, const pci_function &function) {
  std::vector<claim> found;
  for (std::size_t index = 0; index < plugins.size(); ++index) {
    const match_rank rank = match(plugins[index], function);
    if (rank != match_rank::none) found.push_back({index, rank});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const claim &a, const claim &b) { return a.rank > b.rank; });
  return found;
}

}  // namespace hal::discovery
