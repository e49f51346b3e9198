// One PCI function as the bus and the kernel describe it: facts only, no judgement. A value type for every
// layer above.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/pci_address.hpp"

namespace hal::discovery {

struct pci_link {
  std::uint32_t megatransfers = 0;  // per lane and second: 2500, 5000, 8000, 16000, ...; 0: unknown
  std::uint32_t width = 0;          // lanes; 0: unknown

  friend bool operator==(const pci_link &, const pci_link &) = default;
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
  std::optional<std::uint8_t> revision;

  std::optional<std::string> driver;             // bound kernel driver; "": none is bound
  std::optional<int> numa_node;                  // empty also when the platform names none
  std::optional<std::uint32_t> iommu_group;      // empty also when it is in none
  std::optional<pci_address> physical_function;  // set for an SR-IOV virtual function only

  pci_link link;      // as trained now
  pci_link link_max;  // the most that the function can do

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
