#include "discovery/topology.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace hal::discovery {
namespace {

node_kind kind_of(const pci_function &function) {
  if (!function.class_code) return node_kind::other;
  const std::uint32_t subclass = *function.class_code >> 8;
  switch (subclass) {
    case 0x0207:
      return node_kind::infiniband;
    case 0x0108:
      return node_kind::nvme;
    case 0x0600:
    case 0x0604:
    case 0x0609:
      return node_kind::bridge;
    default:
      return subclass >> 8 == 0x02 ? node_kind::network : node_kind::other;
  }
}

// Each pair of ids once: machines hold many functions of one kind.
class cached_names {
 public:
  explicit cached_names(const pci_names &names) : names_(names) {}

  pci_names::names operator()(const pci_function &function) {
    if (!function.vendor || !function.device) return {"", ids(function)};
    const std::pair key(*function.vendor, *function.device);
    const auto known = seen_.find(key);
    if (known != seen_.end()) return known->second;
    pci_names::names found = names_.get(key.first, key.second);
    const std::string_view short_name = short_vendor_name(key.first);
    if (!short_name.empty()) found.vendor = short_name;
    return seen_.emplace(key, std::move(found)).first->second;
  }

 private:
  const pci_names &names_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, pci_names::names> seen_;
};

topology_node make_node(const pci_function &function, cached_names &names) {
  topology_node node;
  node.address = function.address;
  node.kind = kind_of(function);
  auto [vendor, name] = names(function);
  node.vendor = std::move(vendor);
  node.name = std::move(name);
  node.class_code = function.class_code.value_or(0);
  node.driver = function.driver.value_or("");
  node.link = {function.link.megatransfers, function.link.width, function.link_max.megatransfers,
               function.link_max.width};
  node.numa_node = function.numa_node;
  node.local_cpus = function.local_cpus.value_or("");
  node.interfaces = function.interfaces;
  node.physical_function = function.physical_function;
  if (function.root) node.root = pci_root_bus{function.root->domain, function.root->bus};
  return node;
}

std::optional<std::size_t> index_of(const topology &all, const std::optional<pci_address> &address) {
  if (!address) return std::nullopt;
  const topology_node *const found = all.find(*address);
  if (found == nullptr) return std::nullopt;
  return static_cast<std::size_t>(found - all.nodes.data());
}

void connect(topology &all, const std::vector<pci_function> &functions) {
  for (std::size_t i = 0; i < all.nodes.size(); ++i) {
    auto above = index_of(all, functions[i].physical_function);
    if (!above || above == i) above = index_of(all, functions[i].parent);
    if (above != i) all.nodes[i].parent = above;
  }
}

// The link that closes a circle is dropped. Each node is walked over once.
void cut_circles(topology &all) {
  enum class mark : char { unseen, on_the_way, done };
  std::vector<mark> marks(all.nodes.size(), mark::unseen);
  std::vector<std::size_t> way;
  for (std::size_t start = 0; start < all.nodes.size(); ++start) {
    way.clear();
    for (std::size_t at = start; marks[at] == mark::unseen;) {
      marks[at] = mark::on_the_way;
      way.push_back(at);
      const auto above = all.nodes[at].parent;
      if (!above) break;
      if (marks[*above] == mark::on_the_way) {
        all.nodes[at].parent.reset();
        break;
      }
      at = *above;
    }
    for (const std::size_t passed : way) marks[passed] = mark::done;
  }
}

std::vector<numa_node_info> numa_nodes_of(const processors &machine) {
  std::vector<numa_node_info> nodes;
  for (const memory_node &node : machine.nodes)
    nodes.push_back({node.id, format_cpu_list(node.cpus), socket_of(machine, node)});
  return nodes;
}

}  // namespace

topology build_topology(const inventory &hardware, const processors &machine, const pci_names &names) {
  topology all;
  cached_names name_of(names);
  for (const pci_function &function : hardware.functions) all.nodes.push_back(make_node(function, name_of));
  for (const found_device &device : hardware.devices) {
    if (const auto index = index_of(all, device.pci.address)) {
      topology_node &node = all.nodes[*index];
      node.kind = node_kind::accelerator;
      node.type = device.type;
      node.vendor = device.vendor;
      node.name = device.name;
    }
  }
  connect(all, hardware.functions);
  cut_circles(all);
  for (std::size_t i = 0; i < all.nodes.size(); ++i) {
    if (const auto above = all.nodes[i].parent) all.nodes[*above].children.push_back(i);
  }
  all.numa_nodes = numa_nodes_of(machine);
  return all;
}

}  // namespace hal::discovery
