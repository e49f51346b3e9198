// What there is in the machine: every accelerator that a bus shows, with names and with the rule that made it
// count. Needs no vendor driver and loads no plugin.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "discovery/classify.hpp"
#include "discovery/manifest.hpp"
#include "discovery/pci_function.hpp"
#include "discovery/provider.hpp"

namespace hal::discovery {

struct inventory_options {
  // Asked in this order; where two name the same address, the first one's facts count. Borrowed for the call.
  std::span<const provider *const> providers = {};

  // A device that one of them names by vendor and device counts as an accelerator whatever the rules say.
  // Borrowed.
  std::span<const manifest> manifests = {};

  // The pci.ids file; empty: the places where distributions keep it.
  std::string names_path = {};

  // Empty: the table that was compiled in. Borrowed.
  const rule_table *rules = nullptr;
};

struct found_device {
  pci_function pci;
  device_type type = device_type::other;
  std::string vendor;  // short where one is known ("NVIDIA"), else as in pci.ids, else "10de"
  std::string name;    // as in pci.ids, else "10de:2335"
  std::string why;     // the rule that makes it count, in words

  std::optional<std::uint32_t> partition = {};  // part of the function, from 0, where it is cut into several
  std::vector<std::string> nodes = {};          // its files in /dev, as its drivers name them
  // Its name on the bus that it is on, "13e40000.gpu", for a device on no PCI bus; `pci` then holds no
  // address, but the vendor and the driver where they are known. Empty for all others.
  std::string platform = {};
};

// A function that looks like an accelerator and is none.
struct decoy {
  pci_function pci;
  std::string vendor;
  std::string name;
  std::string why;
};

struct inventory {
  std::vector<found_device> devices;    // sorted by address and partition, those on no PCI bus behind
  std::vector<decoy> decoys;            // sorted by address
  std::vector<pci_function> functions;  // all that were found, these and the ordinary ones, sorted by address
  std::vector<warning> warnings;
};

// Whether take_inventory judges more of it than that it is there: an accelerator, or what looks like one.
bool is_of_interest(const pci_function &function, std::span<const manifest> manifests,
                    const rule_table &rules = built_in_rules());

// Throws only std::bad_alloc: what cannot be read is in the warnings.
inventory take_inventory(const inventory_options &options);

}  // namespace hal::discovery
