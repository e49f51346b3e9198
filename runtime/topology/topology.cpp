#include "runtime/topology/topology.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_attribute = 65536;

// The first line; empty for what cannot be read.
std::optional<std::string> first_line(const fs::path &file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  std::ifstream in(file);
  std::string text(longest_attribute, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const char *const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// The entries of a folder that are called `prefix` and a number, sorted by it.
std::map<unsigned, fs::path> numbered(const fs::path &folder, std::string_view prefix) {
  std::map<unsigned, fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    if (const auto value = number<unsigned>(std::string_view(name).substr(prefix.size())))
      found.emplace(*value, at->path());
  }
  return found;
}

std::optional<discovery::processor> read_processor(unsigned cpu, const fs::path &folder) {
  const fs::path topology = folder / "topology";
  const auto package = first_line(topology / "physical_package_id");
  auto threads = first_line(topology / "core_cpus_list");
  if (!threads) threads = first_line(topology / "thread_siblings_list");
  if (!package || !threads) return std::nullopt;
  const auto socket = number<int>(*package);
  const auto siblings = discovery::parse_cpu_list(*threads);
  if (!socket || !siblings || siblings->empty()) return std::nullopt;
  return discovery::processor{cpu, *socket, siblings->front()};
}

struct raw_link {
  std::string peer;
  device_link link;
};

std::uint64_t unsigned_value(const device_property &property) {
  const auto *const value = std::get_if<std::uint64_t>(&property.value);
  return value == nullptr ? 0 : *value;
}

std::string text_value(const device_property &property) {
  const auto *const value = std::get_if<std::string>(&property.value);
  return value == nullptr ? std::string() : *value;
}

std::optional<pci_address> address_of(std::string_view peer, const inventory &listing) {
  if (const auto address = parse_pci_address(peer)) return address;
  const auto uuid = parse_uuid(peer);
  if (!uuid) return std::nullopt;
  for (const device_entry &entry : listing.devices) {
    if (entry.identity.uuid == uuid) return entry.identity.pci;
  }
  return std::nullopt;
}

}  // namespace

discovery::processors read_processors(const fs::path &machine) {
  const fs::path system = machine / "sys" / "devices" / "system";
  discovery::processors all;
  for (const auto &[cpu, folder] : numbered(system / "cpu", "cpu")) {
    if (const auto known = read_processor(cpu, folder)) all.cpus.push_back(*known);
  }
  for (const auto &[id, folder] : numbered(system / "node", "node")) {
    const auto text = first_line(folder / "cpulist");
    auto cpus = text ? discovery::parse_cpu_list(*text) : std::nullopt;
    all.nodes.push_back({static_cast<int>(id), cpus ? std::move(*cpus) : discovery::cpu_set()});
  }
  return all;
}

std::string cores_near(const discovery::processors &machine, std::string_view cpu_list) {
  const auto cpus = discovery::parse_cpu_list(cpu_list);
  if (!cpus || cpus->empty()) return {};
  discovery::cpu_set every;
  for (const discovery::processor &one : machine.cpus) every.push_back(one.cpu);
  const discovery::cpu_set near = discovery::logical_cores(machine, *cpus);
  return near == discovery::logical_cores(machine, every) ? std::string() : discovery::format_cpu_list(near);
}

std::string number_list(const std::vector<unsigned> &sorted) {
  return discovery::format_cpu_list(sorted);
}

std::vector<device_link> links_of(const device_entry &entry, const device_info &way_in,
                                  const std::vector<device_property> &properties, const inventory &listing) {
  constexpr std::string_view prefix = "link.";
  if (!entry.identity.pci) return {};
  std::map<unsigned, raw_link> raw;
  for (const device_property &property : properties) {
    std::string_view name = property.name;
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    const std::size_t dot = name.find('.');
    const auto index = number<unsigned>(name.substr(0, dot));
    if (!index || dot == std::string_view::npos) continue;
    raw_link &one = raw[*index];
    const std::string_view part = name.substr(dot + 1);
    if (part == "peer") one.peer = text_value(property);
    if (part == "kind") one.link.kind = text_value(property);
    if (part == "count")
      one.link.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(unsigned_value(property), 1024));
    if (part == "bandwidth") one.link.bandwidth = unsigned_value(property);
  }
  std::vector<device_link> links;
  for (auto &[index, one] : raw) {
    const auto peer = address_of(one.peer, listing);
    if (!peer || *peer == *entry.identity.pci || one.link.kind.empty() || one.link.count == 0) continue;
    one.link.from = way_in.selector();
    one.link.from_address = *entry.identity.pci;
    one.link.to_address = *peer;
    links.push_back(std::move(one.link));
  }
  return links;
}

void for_each_property_list(const inventory &listing, runtime &from,
                            const std::function<void(const device_entry &, const device_info &,
                                                     const std::vector<device_property> &)> &use) {
  for (const device_entry &entry : listing.devices) {
    if (!entry.identity.pci) continue;
    for (const device_info &way_in : entry.ways_in) {
      try {
        use(entry, way_in, from.properties(way_in));
      } catch (const error &) {
        continue;  // no answer is no link
      }
    }
  }
}

}  // namespace hal::rt
