// halctl topo: how far every accelerator is from every other and from the network adapters.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

struct arguments {
  bool as_json = false;
};

struct endpoint {
  std::string label;
  pci_address address;
};

struct picture {
  std::shared_ptr<const inventory> listing;
  topology machine;
  std::vector<device_link> links;
  std::vector<endpoint> devices;  // the listing's rows on a PCI bus
  std::vector<endpoint> networks;
};

// Virtual functions of network adapters are left out: they are where the adapter is.
picture look_at(runtime &rt) {
  picture all{rt.look(), rt.topology(), rt.links(), {}, {}};
  for (const device_entry &entry : all.listing->devices) {
    if (entry.identity.pci) all.devices.push_back({std::to_string(entry.index), *entry.identity.pci});
  }
  for (const topology_node &node : all.machine.nodes) {
    const bool network = node.kind == node_kind::network || node.kind == node_kind::infiniband;
    if (network && !node.physical_function)
      all.networks.push_back({fmt::format("N{}", all.networks.size()), node.address});
  }
  return all;
}

std::string link_label(const device_link &link) {
  std::string kind = link.kind;
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char one) {
    return one >= 'a' && one <= 'z' ? static_cast<char>(one - 32) : static_cast<char>(one);
  });
  return cut(printable(kind), 10) + (link.count > 1 ? std::to_string(link.count) : std::string());
}

std::string between(const picture &all, const endpoint &row, const endpoint &column) {
  const distance far = all.machine.between(row.address, column.address);
  if (far != distance::same_device) {
    if (const auto link = link_between(all.links, row.address, column.address)) return link_label(*link);
  }
  return std::string(to_string(far));
}

// As many columns at a time as the page has room for; the rows' names stand before each part.
std::string matrix(const picture &all, const painter &paint) {
  std::vector<endpoint> columns = all.devices;
  columns.insert(columns.end(), all.networks.begin(), all.networks.end());
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  for (const endpoint &column : columns) {
    std::vector<std::string> part;
    std::size_t widest = width(column.label);
    for (const endpoint &row : all.devices) {
      part.push_back(between(all, row, column));
      widest = std::max(widest, width(part.back()));
    }
    cells.push_back(std::move(part));
    widths.push_back(widest);
  }
  std::size_t before = 0;
  for (const endpoint &row : all.devices)
    before = std::max(before, std::max<std::size_t>(1, width(row.label)) + 2 +
                                  std::max<std::size_t>(7, width(to_string(row.address))));

  std::string text;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    std::size_t used = before;
    while (last < columns.size() && (last == first || used + 2 + widths[last] <= page_width()))
      used += 2 + widths[last++];
    std::vector<ctl::column> titles = {{"#", true}, {"ADDRESS"}};
    for (std::size_t at = first; at < last; ++at) titles.push_back({columns[at].label});
    table rows(titles);
    for (std::size_t row = 0; row < all.devices.size(); ++row) {
      std::vector<cell> line = {{all.devices[row].label}, {to_string(all.devices[row].address)}};
      for (std::size_t at = first; at < last; ++at) line.push_back({cells[at][row]});
      rows.add(line);
    }
    text += (first == 0 ? "" : "\n") + rows.text(page_width(), paint);
    first = last;
  }
  return text;
}

std::string places(const picture &all, const painter &paint) {
  table rows(
      {{"#", true}, {"NUMA", true}, {"CPUS", false, 16}, {"NEAREST NETWORK", false, 8}, {"NAME", false, 16}});
  for (const device_entry &entry : all.listing->devices) {
    if (!entry.identity.pci) continue;
    const pci_address &address = *entry.identity.pci;
    const auto node = all.machine.nearest_numa_node(address);
    std::string near;
    distance least = distance::unknown;
    for (const endpoint &network : all.networks) {
      const distance far = all.machine.between(address, network.address);
      if (far < least) {
        least = far;
        near.clear();
      }
      if (far == least && far != distance::unknown) near += (near.empty() ? "" : " ") + network.label;
    }
    rows.add({{std::to_string(entry.index)},
              {node ? std::to_string(*node) : std::string()},
              {all.machine.nearest_cpus(address)},
              {near},
              {printable(entry.name)}});
  }
  return rows.text(page_width(), paint);
}

std::string networks(const picture &all, const painter &paint) {
  table rows({{"NETWORK"}, {"ADDRESS"}, {"NUMA", true}, {"INTERFACES", false, 8}, {"NAME", false, 16}});
  for (const endpoint &network : all.networks) {
    const topology_node &node = *all.machine.find(network.address);
    const auto numa = all.machine.nearest_numa_node(network.address);
    rows.add({{network.label},
              {to_string(network.address)},
              {numa ? std::to_string(*numa) : std::string()},
              {printable(fmt::format("{}", fmt::join(node.interfaces, " ")))},
              {printable(node.name)}});
  }
  return rows.text(page_width(), paint);
}

constexpr std::array<std::pair<distance, std::string_view>, 8> legend = {{
    {distance::same_device, "the same device"},
    {distance::one_switch, "one PCIe switch at most"},
    {distance::several_switches, "several PCIe switches, no host bridge"},
    {distance::host_bridge, "a PCIe host bridge"},
    {distance::numa_node, "between host bridges of one NUMA node"},
    {distance::socket, "between NUMA nodes of one socket"},
    {distance::system, "between sockets"},
    {distance::unknown, "the machine does not tell"},
}};

// What the matrix holds, no more.
std::string legend_text(const picture &all) {
  std::set<distance> seen;
  std::set<std::string> kinds;
  for (const endpoint &row : all.devices) {
    for (const auto *side : {&all.devices, &all.networks}) {
      for (const endpoint &column : *side) {
        const distance far = all.machine.between(row.address, column.address);
        const auto link = far == distance::same_device ? std::nullopt
                                                       : link_between(all.links, row.address, column.address);
        link ? (void)kinds.insert(link_label(*link)) : (void)seen.insert(far);
      }
    }
  }
  std::string text;
  for (const auto &[value, words] : legend) {
    if (seen.contains(value)) text += fmt::format("{:<4}  {}\n", to_string(value), words);
  }
  for (const std::string &kind : kinds)
    text += fmt::format("{:<4}  the vendor's link, with the number of bonded ones\n", kind);
  return text;
}

std::string as_text(const picture &all, const painter &paint) {
  if (all.devices.empty()) return "There is no accelerator on a PCI bus of this machine.\n";
  std::string text = matrix(all, paint) + "\n" + places(all, paint);
  if (!all.networks.empty()) text += "\n" + networks(all, paint);
  return text + "\n" + legend_text(all);
}

json as_json(const picture &all) {
  json content = {{"devices", json::array()},
                  {"networks", json::array()},
                  {"distances", json::array()},
                  {"links", json::array()}};
  const auto place = [&all](json one, const pci_address &address) {
    if (const auto node = all.machine.nearest_numa_node(address)) one["numa_node"] = *node;
    if (const std::string cpus = all.machine.nearest_cpus(address); !cpus.empty()) one["cpus"] = cpus;
    return one;
  };
  for (const device_entry &entry : all.listing->devices) {
    if (!entry.identity.pci) continue;
    json one = {{"index", entry.index}, {"pci", to_string(*entry.identity.pci)}, {"name", entry.name}};
    if (entry.identity.partition) one["partition"] = *entry.identity.partition;
    content["devices"].push_back(place(std::move(one), *entry.identity.pci));
  }
  for (const endpoint &network : all.networks) {
    const topology_node &node = *all.machine.find(network.address);
    json one = {{"pci", to_string(network.address)}, {"kind", to_string(node.kind)}, {"name", node.name}};
    if (!node.interfaces.empty()) one["interfaces"] = node.interfaces;
    content["networks"].push_back(place(std::move(one), network.address));
  }
  for (std::size_t row = 0; row < all.devices.size(); ++row) {
    const auto add = [&](const endpoint &column) {
      content["distances"].push_back(
          {{"from", to_string(all.devices[row].address)},
           {"to", to_string(column.address)},
           {"distance", to_string(all.machine.between(all.devices[row].address, column.address))}});
    };
    for (std::size_t column = row + 1; column < all.devices.size(); ++column) add(all.devices[column]);
    for (const endpoint &network : all.networks) add(network);
  }
  for (const device_link &link : all.links) {
    json one = {{"from", to_string(link.from_address)},
                {"to", to_string(link.to_address)},
                {"kind", link.kind},
                {"count", link.count}};
    if (link.bandwidth != 0) one["bandwidth"] = link.bandwidth;
    content["links"].push_back(one);
  }
  content["warnings"] = all.listing->warnings;
  return content;
}

exit_code run(const arguments &given, const session &with) {
  const painter paint(with.color);
  runtime rt(with.options());
  const picture all = look_at(rt);
  if (given.as_json) {
    write_out(document(as_json(all)));
    return exit_code::ok;
  }
  for (const std::string &text : all.listing->warnings) warn(text);
  write_out(as_text(all, paint));
  return exit_code::ok;
}

}  // namespace

void add_topo(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("topo", "Show how far accelerators are from each other and from the network");
  verb.flag("--json", given->as_json, "for programs; docs/halctl-list-schema.md has the schema");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
