#include "discovery/pci_place.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "discovery/sysfs_files.hpp"

namespace hal::discovery {
namespace {

// "pci0000:5d"
std::optional<pci_bus> parse_root(std::string_view component) {
  if (!component.starts_with("pci")) return std::nullopt;
  component.remove_prefix(3);
  const std::size_t colon = component.find(':');
  if (colon == std::string_view::npos || colon < 4 || colon > 8 || component.size() != colon + 3)
    return std::nullopt;
  const auto domain = sysfs::parse_number<std::uint32_t>(component.substr(0, colon), 0xffffffff, 16);
  const auto bus = sysfs::parse_number<std::uint32_t>(component.substr(colon + 1), 0xff, 16);
  if (!domain || !bus) return std::nullopt;
  return pci_bus{*domain, static_cast<std::uint8_t>(*bus)};
}

constexpr std::size_t nobody = ~std::size_t{0};

// Who leads to each bus of one domain, as an index of the functions.
using bus_owners = std::array<std::size_t, 256>;

int width(const bus_range &range) {
  return range.subordinate - range.secondary;
}

}  // namespace

std::vector<path_function> place_by_path(std::string_view path, pci_function &function) {
  std::vector<path_function> through;
  std::optional<pci_bus> root;
  bool below_root = false;  // the component before this one was the root
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view component = path.substr(begin, end - begin);
    if (const auto found = parse_root(component)) {
      root = found;
      below_root = true;
    } else if (const auto address = parse_pci_address(component)) {
      if (end == path.size() && *address == function.address) {
        function.root = root;
        if (!below_root && !through.empty()) function.parent = through.back().address;
        return through;
      }
      through.push_back({*address, end});
      below_root = false;
    }
    begin = end + 1;
  }
  return {};
}

bool has_buses_behind(const pci_function &function) noexcept {
  const std::uint32_t kind = function.class_code.value_or(0) >> 8;
  return kind == 0x0604 || kind == 0x0607 || kind == 0x0609;
}

void place_by_buses(std::span<pci_function> functions, std::span<const bus_range> buses) {
  std::vector<std::size_t> bridges;
  for (std::size_t index = 0; index < functions.size(); ++index) {
    // Buses are numbered downward: what breaks that would lead round in a circle.
    const bus_range &range = buses[index];
    if (range.secondary > functions[index].address.bus && range.subordinate >= range.secondary) {
      bridges.push_back(index);
    }
  }
  std::stable_sort(bridges.begin(), bridges.end(),
                   [&buses](std::size_t a, std::size_t b) { return width(buses[a]) > width(buses[b]); });
  std::map<std::uint32_t, std::unique_ptr<bus_owners>> domains;
  for (const std::size_t bridge : bridges) {
    auto &owners = domains[functions[bridge].address.domain];
    if (!owners) {
      owners = std::make_unique<bus_owners>();
      owners->fill(nobody);
    }
    for (int bus = buses[bridge].secondary; bus <= buses[bridge].subordinate; ++bus)
      (*owners)[static_cast<std::size_t>(bus)] = bridge;
  }
  for (pci_function &function : functions) {
    if (function.root) continue;
    std::uint8_t bus = function.address.bus;
    const auto domain = domains.find(function.address.domain);
    if (domain != domains.end()) {
      for (std::size_t owner = (*domain->second)[bus]; owner != nobody; owner = (*domain->second)[bus]) {
        if (!function.parent) function.parent = functions[owner].address;
        bus = functions[owner].address.bus;
      }
    }
    function.root = pci_bus{function.address.domain, bus};
  }
}

}  // namespace hal::discovery
