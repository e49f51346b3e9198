// An entry of a class in sysfs (/sys/class/drm/card0) and the device behind it.
#pragma once

#include <optional>
#include <string>

#include "discovery/pci_function.hpp"
#include "discovery/sysfs_files.hpp"

namespace hal::discovery {

struct class_device {
  std::string path;                // of the device's directory in sys/devices; empty where no link tells it
  std::optional<pci_address> pci;  // the nearest PCI function at or above the device
  bool is_function = false;        // the device is that function itself
  std::string bus_name;            // its own name on its bus: "13e40000.gpu", "virtio0"
  std::string driver;
  std::string compatible;  // from the device tree: "nvidia,gb10"
};

// `entries` is the class's folder. Empty when the entry has no device that could be looked at.
std::optional<class_device> read_class_device(int entries, const std::string &entry);

// The function itself, with its details. For trees that hold a class without the bus.
std::optional<pci_function> read_function_behind(int entries, const std::string &entry,
                                                 const class_device &device, std::vector<warning> &warnings);

}  // namespace hal::discovery
