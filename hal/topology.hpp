// How a machine's devices are connected: the tree of its PCI functions, its NUMA nodes, and how far two
// devices are from each other. docs/topology.md explains how distance is judged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device_info.hpp"
#include "hal/pci_address.hpp"

namespace hal {

// What lies on the way from one device to another, the shortest first: a smaller value is never the longer
// way. The text is that of `halctl topo`; vendors' tools use the same letters, apart from SOC.
enum class distance {
  same_device,       // "X": one device, or functions of one
  one_switch,        // "PIX": one PCIe switch or bridge at most
  several_switches,  // "PXB": several, but no host bridge
  host_bridge,       // "PHB": a host bridge, the root complex, is passed
  numa_node,         // "NODE": between the host bridges of one NUMA node
  socket,            // "SOC": between the NUMA nodes of one socket
  system,            // "SYS": between sockets, or between NUMA nodes whose sockets are not known
  unknown,           // "?": the machine does not tell
};

std::string_view to_string(distance value) noexcept;

enum class node_kind {
  accelerator,
  network,     // PCI class 02, apart from InfiniBand
  infiniband,  // PCI class 0207
  nvme,        // PCI class 0108
  bridge,      // PCI class 0604 and the host's side: ports of switches, root ports
  other,
};

// "accelerator", "network", "infiniband", "nvme", "bridge", "other".
std::string_view to_string(node_kind value) noexcept;

// A PCI Express link. 0: not known, or not PCI Express.
struct pci_express_link {
  std::uint32_t megatransfers = 0;       // per lane and second, as trained now: 16000 is 16 GT/s
  std::uint32_t width = 0;               // lanes in use
  std::uint32_t most_megatransfers = 0;  // what the device can do
  std::uint32_t most_width = 0;

  bool known() const noexcept { return megatransfers != 0 && width != 0; }
  // Fewer lanes or less speed than the device can do. Idle devices lower the speed to save power; fewer lanes
  // come from the slot or from a fault.
  bool reduced() const noexcept {
    return known() && (megatransfers < most_megatransfers || width < most_width);
  }

  friend bool operator==(const pci_express_link &, const pci_express_link &) = default;
};

// The root bus below one host bridge.
struct pci_root_bus {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;

  friend bool operator==(const pci_root_bus &, const pci_root_bus &) = default;
};

// "pci0000:17".
std::string to_string(const pci_root_bus &root);

// One PCI function.
struct topology_node {
  pci_address address;
  node_kind kind = node_kind::other;
  device_type type = device_type::other;  // of an accelerator
  std::string vendor;                     // as in the list of PCI ids, else the number
  std::string name;
  std::uint32_t class_code = 0;  // 24 bits; 0: not known
  std::string driver;            // bound to it; empty: none, or not known
  pci_express_link link;
  std::optional<int> numa_node;
  std::string local_cpus;  // CPUs near it, as the kernel writes lists: "0-15,64-79"; empty: not known
  std::vector<std::string> interfaces;           // what its driver made of it: "eth0", "mlx5_0", "nvme0"
  std::optional<pci_address> physical_function;  // set for an SR-IOV virtual function only
  std::optional<pci_root_bus> root;
  std::optional<std::size_t>
      parent;  // index of what is above: the bridge; for a virtual function the physical one
  std::vector<std::size_t> children;  // indices, by address
};

struct numa_node_info {
  int id = 0;
  std::string cpus;           // "0-15,64-79"; empty: it has none, or they are not known
  std::optional<int> socket;  // of its CPUs
};

struct near_device {
  pci_address address;
  hal::distance distance = hal::distance::unknown;

  friend bool operator==(const near_device &, const near_device &) = default;
};

// A snapshot. Nothing in it changes; safe from any thread. Questions about an address that is not in it are
// answered with "unknown" or nothing.
struct topology {
  std::vector<topology_node> nodes;        // every PCI function, sorted by address
  std::vector<numa_node_info> numa_nodes;  // sorted by id; empty where the machine does not tell
  std::vector<std::string> warnings;       // what could not be read, as sentences

  const topology_node *find(const pci_address &address) const noexcept;

  // Symmetric. Costs a walk up the tree.
  hal::distance between(const pci_address &a, const pci_address &b) const noexcept;
  // A device that is on no PCI bus has no place: unknown.
  hal::distance between(const device_identity &a, const device_identity &b) const noexcept;

  // Every function of these kinds apart from those of the device itself, the nearest first, then by address.
  std::vector<near_device> nearest(const pci_address &to, node_kind kind) const;
  // Network and InfiniBand adapters in one list.
  std::vector<near_device> nearest_networks(const pci_address &to) const;

  // Empty where the machine does not tell, or has one node and no number for it.
  std::optional<int> nearest_numa_node(const pci_address &address) const noexcept;
  // Its own list of CPUs, else that of its NUMA node: "0-15,64-79".
  std::string nearest_cpus(const pci_address &address) const;
};

// A connection that bypasses PCI, as a plugin reports it (docs/topology.md, "Vendors' links").
struct device_link {
  std::string from;  // selector of the device that reports it: "cuda:0"
  pci_address from_address;
  pci_address to_address;       // of a device, or of a switch between devices
  std::string kind;             // "nvlink"
  std::uint32_t count = 1;      // bonded connections
  std::uint64_t bandwidth = 0;  // bytes per second and direction, all of them together; 0: not known

  friend bool operator==(const device_link &, const device_link &) = default;
};

// What connects two devices beside PCI: the links that name the other one, else, where both are linked to the
// same switches, what both have of these. `from` is the reporter's selector; empty: nothing connects them.
std::optional<device_link> link_between(std::span<const device_link> links, const pci_address &a,
                                        const pci_address &b);

// The files in /dev by which programs reach an accelerator.
struct device_files {
  pci_address address;
  std::vector<std::string> own;     // of this device alone: "/dev/dri/renderD128"
  std::vector<std::string> shared;  // of its driver, which every device of it needs: "/dev/kfd"
  // `own` follows from the order alone: the driver's files are numbered like the devices, and nothing else
  // tells which is whose. A driver that was bound to its devices in another order counts otherwise.
  bool by_order = false;

  friend bool operator==(const device_files &, const device_files &) = default;
};

}  // namespace hal
