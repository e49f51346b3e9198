#include "runtime/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "discovery/match.hpp"

namespace hal::rt {
namespace {

bus_facts bus_of(const discovery::found_device &found) {
  const discovery::pci_function &pci = found.pci;
  bus_facts bus;
  bus.link = {pci.link.megatransfers, pci.link.width, pci.link_max.megatransfers, pci.link_max.width};
  if (pci.bar) bus.window = memory_window{pci.bar->size, pci.bar->most};
  bus.iommu_group = pci.iommu_group;
  bus.physical_function = pci.physical_function;
  bus.virtual_functions = pci.virtual_functions;
  bus.cpus = pci.local_cpus.value_or("");
  bus.power = pci.runtime_status.value_or("");
  bus.platform = found.platform;
  bus.files = found.nodes;
  return bus;
}

device_entry from_hardware(const discovery::found_device &found) {
  device_entry entry;
  entry.type = found.type;
  if (found.platform.empty()) entry.identity.pci = found.pci.address;
  entry.identity.partition = found.partition;
  entry.name = found.name;
  entry.vendor = found.vendor;
  entry.vendor_id = found.pci.vendor.value_or(0);
  entry.device_id = found.pci.device.value_or(0);
  entry.kernel_driver = found.pci.driver.value_or("");
  entry.numa_node = found.pci.numa_node;
  entry.bus = bus_of(found);
  return entry;
}

device_entry from_plugin(const device_info &info) {
  device_entry entry;
  entry.type = info.type;
  entry.identity = info.identity;
  entry.name = info.name;
  entry.vendor = info.vendor;
  entry.vendor_id = info.vendor_id;
  entry.device_id = info.device_id;
  return entry;
}

bool has_way_in(const device_entry &entry, const std::string &plugin) {
  return std::any_of(entry.ways_in.begin(), entry.ways_in.end(),
                     [&plugin](const device_info &way) { return way.plugin == plugin; });
}

// The same device, told by what both sides know. One plugin never reports one device twice, so two reports of
// it are two devices.
bool is_same(const device_entry &entry, const device_info &info) {
  if (has_way_in(entry, info.plugin)) return false;
  const device_identity &a = entry.identity;
  const device_identity &b = info.identity;
  // Hardware that nobody claimed yet has no partition; a partition of it is another row.
  if (a.partition != b.partition) return false;
  if (a.pci && b.pci) return *a.pci == *b.pci && (!a.uuid || !b.uuid || *a.uuid == *b.uuid);
  return a.uuid && b.uuid && *a.uuid == *b.uuid;
}

void join(std::vector<device_entry> &devices, const device_info &info) {
  auto same = std::find_if(devices.begin(), devices.end(),
                           [&info](const device_entry &entry) { return is_same(entry, info); });
  if (same == devices.end()) same = devices.insert(devices.end(), from_plugin(info));
  if (!same->identity.uuid) same->identity.uuid = info.identity.uuid;
  same->ways_in.push_back(info);
}

// Reports with a PCI address first: they bring the UUIDs by which the others are known.
void join_all(std::vector<device_entry> &devices, const catalog &plugins) {
  for (const bool with_address : {true, false}) {
    for (const catalog_entry &plugin : plugins.entries()) {
      for (const device_info &info : plugin.devices) {
        if (info.identity.pci.has_value() == with_address) join(devices, info);
      }
    }
  }
}

// As the user prefers; then plugins that are made for some hardware before those that take any, whatever
// their names; then in the order of the plugins.
void put_in_order(std::vector<device_info> &ways_in, const catalog &plugins) {
  const auto rank = [&plugins](const device_info &info) {
    const auto plugin =
        std::find_if(plugins.entries().begin(), plugins.entries().end(),
                     [&info](const catalog_entry &one) { return one.facts.name == info.plugin; });
    return std::tuple(plugin->preference, plugin->manifest.any, plugin);
  };
  std::stable_sort(ways_in.begin(), ways_in.end(),
                   [&rank](const device_info &a, const device_info &b) { return rank(a) < rank(b); });
}

// What the driver says of itself beats what a list of names says.
void take_names(device_entry &entry) {
  if (entry.ways_in.empty()) return;
  const device_info &preferred = entry.ways_in.front();
  if (!preferred.name.empty()) entry.name = preferred.name;
  if (!preferred.vendor.empty()) entry.vendor = preferred.vendor;
  if (preferred.type != device_type::other) entry.type = preferred.type;
}

// The physical device that a logical one is a part of. Where several rows have the address, the one that the
// same plugin reports; where that does not decide, none: a guess could be wrong.
std::optional<std::size_t> parent_of(const device_entry &part, const std::vector<device_entry> &all) {
  if (!part.identity.partition || !part.identity.pci) return std::nullopt;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].identity.partition && all[i].identity.pci == part.identity.pci) candidates.push_back(i);
  }
  if (candidates.size() > 1) {
    std::erase_if(candidates, [&](std::size_t i) {
      return std::none_of(part.ways_in.begin(), part.ways_in.end(),
                          [&](const device_info &way) { return has_way_in(all[i], way.plugin); });
    });
  }
  return candidates.size() == 1 ? std::optional(candidates.front()) : std::nullopt;
}

void set_families(std::vector<device_entry> &all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto parent = parent_of(all[i], all);
    if (!parent) continue;
    all[i].parent = static_cast<std::uint32_t>(*parent);
    all[*parent].children.push_back(static_cast<std::uint32_t>(i));
  }
}

// A physical device that only its parts make usable.
reason partitioned() {
  return {"partitioned", "The device is divided: use its parts, which are listed below it."};
}

reason why_unusable(const discovery::found_device &found, const std::vector<discovery::manifest> &manifests,
                    const std::vector<discovery::plugin_outcome> &outcomes, bool recorded,
                    std::span<const discovery::further_check> checks) {
  if (const auto cause = discovery::first_cause(found.pci, manifests, outcomes, checks)) {
    return {std::string(discovery::id(cause->why)), cause->text};
  }
  if (recorded) return {"not_probed", "This is a recorded machine; no plugin was asked."};
  return {"not_probed", "The plugin that claims it was not asked."};
}

auto order(const device_entry &entry) {
  return std::tuple(!entry.identity.pci.has_value(), entry.identity.pci.value_or(pci_address{}),
                    entry.identity.partition.has_value(), entry.identity.partition.value_or(0),
                    entry.type == device_type::cpu);
}

}  // namespace

inventory make_listing(const discovery::inventory &hardware, const catalog &plugins, bool recorded,
                       std::span<const discovery::further_check> checks) {
  inventory listing;
  std::vector<discovery::manifest> manifests;
  std::vector<discovery::plugin_outcome> outcomes;
  for (const catalog_entry &plugin : plugins.entries()) {
    manifests.push_back(plugin.manifest);
    outcomes.push_back(plugin.outcome);
    listing.plugins.push_back(plugin.facts);
  }
  for (const discovery::found_device &found : hardware.devices)
    listing.devices.push_back(from_hardware(found));
  join_all(listing.devices, plugins);
  for (device_entry &entry : listing.devices) {
    put_in_order(entry.ways_in, plugins);
    take_names(entry);
  }
  for (std::size_t i = 0; i < hardware.devices.size(); ++i) {
    device_entry &entry = listing.devices[i];
    if (!entry.usable())
      entry.unusable = why_unusable(hardware.devices[i], manifests, outcomes, recorded, checks);
  }
  std::stable_sort(listing.devices.begin(), listing.devices.end(),
                   [](const device_entry &a, const device_entry &b) { return order(a) < order(b); });
  for (std::size_t i = 0; i < listing.devices.size(); ++i)
    listing.devices[i].index = static_cast<std::uint32_t>(i);
  set_families(listing.devices);
  for (device_entry &entry : listing.devices) {
    if (!entry.usable() && !entry.children.empty()) entry.unusable = partitioned();
  }

  listing.warnings = plugins.warnings();
  for (const catalog_entry &plugin : plugins.entries()) {
    listing.warnings.insert(listing.warnings.end(), plugin.warnings.begin(), plugin.warnings.end());
  }
  for (const discovery::warning &warning : hardware.warnings) {
    const std::string address = warning.address ? to_string(*warning.address) : std::string();
    const bool told = warning.text.find(address) != std::string::npos;  // nothing is found everywhere
    listing.warnings.push_back(told ? warning.text : address + ": " + warning.text);
  }
  return listing;
}

}  // namespace hal::rt
