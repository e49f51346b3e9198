#include "discovery/topology_cpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <tuple>

namespace hal::discovery {
namespace {

constexpr unsigned highest_cpu = 65535;

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const char *const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || code != std::errc{} || stop != end || value > highest_cpu) return std::nullopt;
  return value;
}

const processor *find(const processors &machine, unsigned cpu) {
  const auto at =
      std::lower_bound(machine.cpus.begin(), machine.cpus.end(), cpu,
                       [](const processor &entry, unsigned wanted) { return entry.cpu < wanted; });
  return at != machine.cpus.end() && at->cpu == cpu ? &*at : nullptr;
}

}  // namespace

std::optional<cpu_set> parse_cpu_list(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  cpu_set cpus;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const auto first = number(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    for (unsigned cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
    if (cpus.size() > 4 * (highest_cpu + 1)) return std::nullopt;  // a list that repeats itself
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) return std::nullopt;
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string format_cpu_list(const cpu_set &cpus) {
  std::string text;
  for (std::size_t first = 0; first < cpus.size();) {
    std::size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", cpus[first]);
    if (last != first) text += fmt::format("-{}", cpus[last]);
    first = last + 1;
  }
  return text;
}

std::optional<int> socket_of(const processors &machine, const memory_node &node) {
  std::optional<int> socket;
  for (const unsigned cpu : node.cpus) {
    const processor *const known = find(machine, cpu);
    if (known == nullptr || (socket && *socket != known->package)) return std::nullopt;
    socket = known->package;
  }
  return socket;
}

cpu_set logical_cores(const processors &machine, const cpu_set &cpus) {
  std::map<unsigned, unsigned> node_begin;  // CPU -> lowest CPU of its node
  for (const memory_node &node : machine.nodes) {
    for (const unsigned cpu : node.cpus) node_begin[cpu] = node.cpus.front();
  }
  std::map<int, unsigned> package_begin;
  for (const processor &one : machine.cpus) package_begin.try_emplace(one.package, one.cpu);

  std::vector<std::tuple<unsigned, unsigned, unsigned>> order;  // package, node, core: by their lowest CPUs
  for (const processor &one : machine.cpus) {
    if (one.cpu != one.first_thread) continue;
    const auto node = node_begin.find(one.cpu);
    order.emplace_back(package_begin[one.package], node == node_begin.end() ? 0 : node->second, one.cpu);
  }
  std::sort(order.begin(), order.end());
  std::map<unsigned, unsigned> index_of;
  for (unsigned index = 0; index < order.size(); ++index) index_of[std::get<2>(order[index])] = index;

  cpu_set cores;
  for (const unsigned cpu : cpus) {
    const processor *const known = find(machine, cpu);
    const auto core = known == nullptr ? index_of.end() : index_of.find(known->first_thread);
    if (core == index_of.end()) return {};
    cores.push_back(core->second);
  }
  std::sort(cores.begin(), cores.end());
  cores.erase(std::unique(cores.begin(), cores.end()), cores.end());
  return cores;
}

}  // namespace hal::discovery
