#include <fmt/format.h>

#include <algorithm>

#include "hal/topology.hpp"

namespace hal {
namespace {

const topology_node &physical(const topology &all, const topology_node &node) {
  if (!node.physical_function || !node.parent) return node;
  const topology_node &above = all.nodes[*node.parent];
  return above.address == *node.physical_function ? above : node;
}

bool one_device(const topology_node &a, const topology_node &b) {
  // Virtual functions of a physical one that is not in the list.
  if (a.physical_function && a.physical_function == b.physical_function) return true;
  return a.address.domain == b.address.domain && a.address.bus == b.address.bus &&
         a.address.device == b.address.device;
}

std::size_t depth_of(const topology &all, const topology_node &node) {
  std::size_t depth = 0;
  for (auto above = node.parent; above; above = all.nodes[*above].parent) ++depth;
  return depth;
}

// Bridges below the nearest common one, on either side.
struct meeting {
  std::size_t left = 0;
  std::size_t right = 0;
};

std::optional<meeting> meet(const topology &all, const topology_node &a, const topology_node &b) {
  auto left = a.parent;
  auto right = b.parent;
  std::size_t left_depth = depth_of(all, a);
  std::size_t right_depth = depth_of(all, b);
  meeting passed;
  while (left && right && left != right) {
    const bool up_left = left_depth >= right_depth;
    const bool up_right = right_depth >= left_depth;
    if (up_left) {
      left = all.nodes[*left].parent;
      --left_depth;
      ++passed.left;
    }
    if (up_right) {
      right = all.nodes[*right].parent;
      --right_depth;
      ++passed.right;
    }
  }
  if (!left || left != right) return std::nullopt;
  return passed;
}

// A function below a bridge may know less than the bridge.
std::optional<pci_root_bus> root_of(const topology &all, const topology_node &node) {
  auto root = node.root;
  for (auto above = node.parent; above && !root; above = all.nodes[*above].parent)
    root = all.nodes[*above].root;
  return root;
}

std::optional<int> numa_node_of(const topology &all, const topology_node &node) {
  auto id = node.numa_node;
  for (auto above = node.parent; above && !id; above = all.nodes[*above].parent)
    id = all.nodes[*above].numa_node;
  if (!id && all.numa_nodes.size() == 1) id = all.numa_nodes.front().id;
  return id;
}

const numa_node_info *find_numa_node(const topology &all, int id) {
  const auto at = std::find_if(all.numa_nodes.begin(), all.numa_nodes.end(),
                               [id](const numa_node_info &node) { return node.id == id; });
  return at == all.numa_nodes.end() ? nullptr : &*at;
}

distance across_host_bridges(const topology &all, const topology_node &a, const topology_node &b) {
  const auto left = numa_node_of(all, a);
  const auto right = numa_node_of(all, b);
  if (!left || !right) return distance::unknown;
  if (*left == *right) return distance::numa_node;
  const numa_node_info *const left_node = find_numa_node(all, *left);
  const numa_node_info *const right_node = find_numa_node(all, *right);
  const bool one_socket = left_node != nullptr && right_node != nullptr && left_node->socket &&
                          left_node->socket == right_node->socket;
  return one_socket ? distance::socket : distance::system;
}

distance judge(const topology &all, const topology_node &first, const topology_node &second) {
  const topology_node &a = physical(all, first);
  const topology_node &b = physical(all, second);
  if (&a == &b || one_device(a, b)) return distance::same_device;
  if (const auto at = meet(all, a, b))
    return at->left <= 1 && at->right <= 1 ? distance::one_switch : distance::several_switches;
  const auto left = root_of(all, a);
  if (left && left == root_of(all, b)) return distance::host_bridge;
  return across_host_bridges(all, a, b);
}

template <typename Wanted>
std::vector<near_device> nearest_if(const topology &all, const pci_address &to, Wanted wanted) {
  std::vector<near_device> found;
  const topology_node *const from = all.find(to);
  if (from == nullptr) return found;
  for (const topology_node &node : all.nodes) {
    if (!wanted(node.kind)) continue;
    const distance far = judge(all, *from, node);
    if (far != distance::same_device) found.push_back({node.address, far});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const near_device &a, const near_device &b) { return a.distance < b.distance; });
  return found;
}

}  // namespace

std::string_view to_string(distance value) noexcept {
  switch (value) {
    case distance::same_device:
      return "X";
    case distance::one_switch:
      return "PIX";
    case distance::several_switches:
      return "PXB";
    case distance::host_bridge:
      return "PHB";
    case distance::numa_node:
      return "NODE";
    case distance::socket:
      return "SOC";
    case distance::system:
      return "SYS";
    case distance::unknown:
      break;
  }
  return "?";
}

std::string_view to_string(node_kind value) noexcept {
  switch (value) {
    case node_kind::accelerator:
      return "accelerator";
    case node_kind::network:
      return "network";
    case node_kind::infiniband:
      return "infiniband";
    case node_kind::nvme:
      return "nvme";
    case node_kind::bridge:
      return "bridge";
    case node_kind::other:
      break;
  }
  return "other";
}

std::string to_string(const pci_root_bus &root) {
  return fmt::format("pci{:04x}:{:02x}", root.domain, root.bus);
}

const topology_node *topology::find(const pci_address &address) const noexcept {
  const auto at = std::lower_bound(
      nodes.begin(), nodes.end(), address,
      [](const topology_node &node, const pci_address &wanted) { return node.address < wanted; });
  return at != nodes.end() && at->address == address ? &*at : nullptr;
}

distance topology::between(const pci_address &a, const pci_address &b) const noexcept {
  const topology_node *const left = find(a);
  const topology_node *const right = find(b);
  return left == nullptr || right == nullptr ? distance::unknown : judge(*this, *left, *right);
}

distance topology::between(const device_identity &a, const device_identity &b) const noexcept {
  return a.pci && b.pci ? between(*a.pci, *b.pci) : distance::unknown;
}

std::vector<near_device> topology::nearest(const pci_address &to, node_kind kind) const {
  return nearest_if(*this, to, [kind](node_kind one) { return one == kind; });
}

std::vector<near_device> topology::nearest_networks(const pci_address &to) const {
  return nearest_if(*this, to,
                    [](node_kind one) { return one == node_kind::network || one == node_kind::infiniband; });
}

std::optional<int> topology::nearest_numa_node(const pci_address &address) const noexcept {
  const topology_node *const node = find(address);
  return node == nullptr ? std::nullopt : numa_node_of(*this, *node);
}

std::string topology::nearest_cpus(const pci_address &address) const {
  const topology_node *const node = find(address);
  if (node == nullptr) return {};
  if (!node->local_cpus.empty()) return node->local_cpus;
  const auto id = numa_node_of(*this, *node);
  const numa_node_info *const near = id ? find_numa_node(*this, *id) : nullptr;
  return near == nullptr ? std::string() : near->cpus;
}

}  // namespace hal
