#include "discovery/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "discovery/driver_join.hpp"
#include "discovery/link_check.hpp"
#include "discovery/match.hpp"
#include "discovery/pci_names.hpp"

namespace hal::discovery {
namespace {

provider_result scan_all(std::span<const provider *const> providers) {
  provider_result all;
  for (const provider *source : providers) {
    provider_result found = source->scan();
    std::move(found.functions.begin(), found.functions.end(), std::back_inserter(all.functions));
    std::move(found.warnings.begin(), found.warnings.end(), std::back_inserter(all.warnings));
    std::move(found.devices.begin(), found.devices.end(), std::back_inserter(all.devices));
  }
  const auto earlier = [](const pci_function &a, const pci_function &b) { return a.address < b.address; };
  const auto same = [](const pci_function &a, const pci_function &b) { return a.address == b.address; };
  std::stable_sort(all.functions.begin(), all.functions.end(), earlier);
  all.functions.erase(std::unique(all.functions.begin(), all.functions.end(), same), all.functions.end());
  return all;
}

const manifest *named_exactly(std::span<const manifest> manifests, const pci_function &function) {
  const auto at = std::find_if(manifests.begin(), manifests.end(), [&function](const manifest &plugin) {
    return match(plugin, function) == match_rank::exact;
  });
  return at == manifests.end() ? nullptr : &*at;
}

const pci_function *at_address(std::span<const pci_function> functions, const pci_address &address) {
  const auto at = std::lower_bound(
      functions.begin(), functions.end(), address,
      [](const pci_function &function, const pci_address &wanted) { return function.address < wanted; });
  return at != functions.end() && at->address == address ? &*at : nullptr;
}

void check_links(inventory &found) {
  const pci_function *last = nullptr;
  for (const found_device &device : found.devices) {
    if (!device.pci.parent || (last && last->address == device.pci.address)) continue;
    last = &device.pci;
    const pci_function *const bridge = at_address(found.functions, *device.pci.parent);
    if (!bridge) continue;
    if (auto sentence = slow_link(device.pci, *bridge))
      found.warnings.push_back({device.pci.address, std::move(*sentence)});
  }
}

// Names by ids; machines hold the same device many times, so each pair of ids is looked up once.
class name_source {
 public:
  name_source(const std::string &path, const rule_table &rules) : path_(path), rules_(rules) {}

  pci_names::names operator()(const pci_function &function) {
    if (!function.vendor) return {"????", ids(function)};
    const std::string_view known = short_vendor_name(*function.vendor, rules_);
    pci_names::names found = function.device
                                 ? look_up(*function.vendor, *function.device)
                                 : pci_names::names{fmt::format("{:04x}", *function.vendor), ids(function)};
    if (!known.empty()) found.vendor = known;
    return found;
  }

 private:
  const pci_names::names &look_up(std::uint16_t vendor, std::uint16_t device) {
    const auto [at, is_new] = seen_.try_emplace(std::pair(vendor, device));
    if (is_new) {
      if (!file_) path_.empty() ? file_.emplace() : file_.emplace(path_);
      at->second = file_->get(vendor, device);
    }
    return at->second;
  }

  const std::string &path_;
  const rule_table &rules_;
  std::optional<pci_names> file_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, pci_names::names> seen_;
};

}  // namespace

bool is_of_interest(const pci_function &function, std::span<const manifest> manifests,
                    const rule_table &rules) {
  return counts_as(function, rules) == verdict::accelerator || named_exactly(manifests, function) != nullptr;
}

inventory take_inventory(const inventory_options &options) {
  const rule_table &rules = options.rules ? *options.rules : built_in_rules();
  provider_result found = scan_all(options.providers);

  inventory result;
  result.functions = std::move(found.functions);
  result.warnings = std::move(found.warnings);
  name_source names(options.names_path, rules);
  const auto make = [&names](const pci_function &function, device_type type, std::string why) {
    auto [vendor, name] = names(function);
    found_device device;
    device.pci = function;
    device.type = type;
    device.vendor = std::move(vendor);
    device.name = std::move(name);
    device.why = std::move(why);
    return device;
  };
  for (const pci_function &function : result.functions) {
    const verdict first = counts_as(function, rules);
    const manifest *const plugin =
        first == verdict::accelerator ? nullptr : named_exactly(options.manifests, function);
    if (plugin) {
      result.devices.push_back(
          make(function, device_type::other,
               fmt::format("id {}: the {} plugin names it", ids(function), plugin->name)));
    } else if (first != verdict::neither) {
      classification known = classify(function, rules);
      if (first == verdict::accelerator) {
        result.devices.push_back(make(function, known.type, std::move(known.why)));
      } else {
        auto [vendor, name] = names(function);
        result.decoys.push_back({function, std::move(vendor), std::move(name), std::move(known.why)});
      }
    }
  }
  join_drivers(result, std::move(found.devices), make);
  check_links(result);
  return result;
}

}  // namespace hal::discovery
