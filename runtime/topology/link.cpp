#include <algorithm>

#include "hal/topology.hpp"

namespace hal {
namespace {

// All links from one to the other as one; of several kinds the first that is named.
std::optional<device_link> direct(std::span<const device_link> links, const pci_address &from,
                                  const pci_address &to) {
  std::optional<device_link> sum;
  for (const device_link &link : links) {
    if (link.from_address != from || link.to_address != to) continue;
    if (!sum) {
      sum = link;
    } else if (sum->kind == link.kind) {
      sum->count += link.count;
      sum->bandwidth += link.bandwidth;
    }
  }
  return sum;
}

bool reports(std::span<const device_link> links, const pci_address &address) {
  return std::any_of(links.begin(), links.end(),
                     [&address](const device_link &link) { return link.from_address == address; });
}

// Every peer once, that reports nothing of its own: a switch.
std::vector<pci_address> switches_of(std::span<const device_link> links, const pci_address &from) {
  std::vector<pci_address> found;
  for (const device_link &link : links) {
    if (link.from_address == from && !reports(links, link.to_address)) found.push_back(link.to_address);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace

std::optional<device_link> link_between(std::span<const device_link> links, const pci_address &a,
                                        const pci_address &b) {
  if (auto own = direct(links, a, b)) return own;
  if (auto others = direct(links, b, a)) {
    std::swap(others->from_address, others->to_address);
    return others;
  }
  std::optional<device_link> sum;
  for (const pci_address &via : switches_of(links, a)) {
    const auto here = direct(links, a, via);
    const auto there = direct(links, b, via);
    if (!here || !there || here->kind != there->kind) continue;
    if (!sum) {
      sum = device_link{here->from, a, b, here->kind, 0, 0};
    } else if (sum->kind != here->kind) {
      continue;
    }
    sum->count += std::min(here->count, there->count);
    sum->bandwidth += std::min(here->bandwidth, there->bandwidth);
  }
  return sum;
}

}  // namespace hal
