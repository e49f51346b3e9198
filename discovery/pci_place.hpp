// Part of the hal-pci module and of discovery: which bridge a function hangs below, and from which root bus.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"

namespace hal::discovery {

// A function in the path by which sysfs names its directory; `end` is where its component ends.
struct path_function {
  pci_address address;
  std::size_t end;
};

// Fills parent and root from "../../../devices/pci0000:5d/0000:5d:02.0/0000:5e:00.0". Leaves both empty where
// the path does not end with the function's own address. Returns the functions that the path leads through,
// the function itself left out.
std::vector<path_function> place_by_path(std::string_view path, pci_function &function);

// Buses behind a bridge; 0: unknown.
struct bus_range {
  std::uint8_t secondary = 0;
  std::uint8_t subordinate = 0;
};

// Whether the class is that of a bridge with buses behind it.
bool has_buses_behind(const pci_function &function) noexcept;

// Fills parent and root of functions whose root is unknown, from the buses that bridges say they lead to.
// `buses` has an entry per function. Where the ranges of two bridges cross, the narrower one counts.
void place_by_buses(std::span<pci_function> functions, std::span<const bus_range> buses);

}  // namespace hal::discovery
