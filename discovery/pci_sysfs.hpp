// Part of the hal-pci module and of discovery: the attributes of PCI functions below sys/bus/pci/devices.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "discovery/pci_function.hpp"
#include "discovery/pci_place.hpp"
#include "discovery/sysfs_files.hpp"

namespace hal::discovery::sysfs {

struct listing {
  descriptor directory;  // of sys/bus/pci/devices; invalid: error says why
  int error = 0;         // errno
  std::vector<pci_address> addresses;
  std::vector<std::string>
      warnings;  // entries that are no address, a directory that could not be read to its end
};
listing list_functions(const std::string &devices_path);

// What could not be read and why, collected over one function: "vendor (No such file or directory)".
using troubles = std::vector<std::string>;

// Ids, class, subsystem and driver, from the one file `uevent` alone. False where it is not there or does not
// tell all of them as the kernel does; `out` is then untouched. `directory` is the function's own or one
// above it, `path` leads from there to `uevent`.
bool read_uevent(int directory, const char *path, pci_function &out);

// The same by an attribute each, and the revision.
void read_identity(int directory, pci_function &out, troubles &lost);

// Everything else that sysfs tells. Nothing is read that makes the kernel wake a suspended function.
void read_details(int directory, pci_function &out, troubles &lost);

// As runtime power management names it: to be left alone.
bool is_asleep(std::string_view runtime_status) noexcept;

// Of a bridge, from its attributes or from the header of its configuration space. Nothing of a suspended one.
bus_range read_bus_range(int directory);

// Whether a read of the configuration space neither blocks nor wakes the function.
bool may_read_configuration(int directory, const pci_function &function);

}  // namespace hal::discovery::sysfs
