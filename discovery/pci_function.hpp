// One PCI function as the bus and the kernel describe it: facts only, no judgement. A value type for every
// layer above.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/pci_address.hpp"

namespace hal::discovery {

struct pci_link {
  std::uint32_t megatransfers = 0;  // per lane and second: 2500, 5000, 8000, 16000, ...; 0: unknown
  std::uint32_t width = 0;          // lanes; 0: unknown

  friend bool operator==(const pci_link &, const pci_link &) = default;
};

struct pci_bus {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;

  friend bool operator==(const pci_bus &, const pci_bus &) = default;
  friend auto operator<=>(const pci_bus &, const pci_bus &) = default;
};

// The largest resizable memory window (BAR) of a function, in bytes.
struct resizable_bar {
  std::uint64_t size = 0;  // as set now
  std::uint64_t most = 0;  // the largest that the function can be set to

  friend bool operator==(const resizable_bar &, const resizable_bar &) = default;
};

// An empty optional means that the source does not tell or could not be read. Where "none" is an answer of
// its own, the member says how it is written.
struct pci_function {
  pci_address address;

  std::optional<std::uint16_t> vendor;
  std::optional<std::uint16_t> device;
  std::optional<std::uint16_t> subsystem_vendor;
  std::optional<std::uint16_t> subsystem_device;
  std::optional<std::uint32_t> class_code;  // 24 bits: base class, subclass, programming interface
  std::optional<std::uint8_t> revision;     // among the details: see below

  std::optional<std::string> driver;             // bound kernel driver; "": none is bound
  std::optional<int> numa_node;                  // empty also when the platform names none
  std::optional<std::uint32_t> iommu_group;      // empty also when it is in none
  std::optional<pci_address> physical_function;  // set for an SR-IOV virtual function only

  pci_link link;      // as trained now
  pci_link link_max;  // the most that the function can do

  // Where it hangs.
  std::optional<pci_address> parent;  // the bridge above it; empty also for a function on a root bus
  std::optional<pci_bus> root;        // the root bus of its host bridge

  // The details, read only when those of a function are asked for: these, and above the revision and all from
  // numa_node to link_max. Of a suspended function neither link nor bar is read, which would wake it.
  std::optional<std::string> local_cpus;      // CPUs near it, as the kernel writes lists: "0-15,64-79"
  std::optional<std::string> runtime_status;  // of runtime power management: "active", "suspended", ...
  std::optional<resizable_bar> bar;
  std::optional<std::uint32_t> virtual_functions;  // SR-IOV functions that are switched on
  std::vector<std::string> interfaces;             // what its driver made of it: "eth0", "mlx5_0", "nvme0"

  friend bool operator==(const pci_function &, const pci_function &) = default;
};

// Something that went wrong while reading, in one sentence. The scan went on.
struct warning {
  std::optional<pci_address> address;  // empty: not about one function
  std::string text;

  friend bool operator==(const warning &, const warning &) = default;
};

// "10de:2335"; an unread part is written "????".
std::string ids(const pci_function &function);

}  // namespace hal::discovery
