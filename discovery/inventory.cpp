#include "discovery/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

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
    const std::pair key(vendor, device);
    for (const auto &[known, names] : seen_) {
      if (known == key) return names;
    }
    if (!file_) path_.empty() ? file_.emplace() : file_.emplace(path_);
    return seen_.emplace_back(key, file_->get(vendor, device)).second;
  }

  const std::string &path_;
  const rule_table &rules_;
  std::optional<pci_names> file_;
  std::vector<std::pair<std::pair<std::uint16_t, std::uint16_t>, pci_names::names>> seen_;
};

}  // namespace

inventory take_inventory(const inventory_options &options) {
  const rule_table &rules = options.rules ? *options.rules : built_in_rules();
  provider_result found = scan_all(options.providers);

  inventory result;
  result.functions = std::move(found.functions);
  result.warnings = std::move(found.warnings);
  name_source names(options.names_path, rules);
  for (const pci_function &function : result.functions) {
    classification known = classify(function, rules);
    if (known.counts_as != verdict::accelerator) {
      if (const manifest *plugin = named_exactly(options.manifests, function)) {
        known = {verdict::accelerator, device_type::other,
                 fmt::format("id {}: the {} plugin names it", ids(function), plugin->name)};
      }
    }
    if (known.counts_as == verdict::neither) continue;

    auto [vendor, name] = names(function);
    if (known.counts_as == verdict::accelerator) {
      result.devices.push_back(
          {function, known.type, std::move(vendor), std::move(name), std::move(known.why)});
    } else {
      result.decoys.push_back({function, std::move(vendor), std::move(name), std::move(known.why)});
    }
  }
  return result;
}

}  // namespace hal::discovery
