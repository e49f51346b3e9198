// What a plugin says about itself in the file beside its shared object, readable without loading it. The file
// format is JSON and is read in the runtime; here are only the values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hal::discovery {

// One entry of the match list. Every part that is given must agree.
struct pci_match {
  std::uint16_t vendor = 0;
  std::optional<std::uint16_t> device;
  std::optional<std::uint32_t> class_code;  // 24 bits
  std::uint32_t class_mask =
      0xffff00;  // bits of the class that are compared; by default without the interface

  friend bool operator==(const pci_match &, const pci_match &) = default;
};

// The plugin works with hosts of this major version and of any minor version in the range, both ends
// included.
struct abi_range {
  std::uint16_t major = 0;
  std::uint16_t minor_least = 0;
  std::uint16_t minor_most = 0xffff;

  friend bool operator==(const abi_range &, const abi_range &) = default;
};

struct vendor_library {
  std::string file;                      // as the dynamic linker is asked for it: "libcuda.so.1"
  std::string minimum_version;           // dotted numbers; empty: any
  std::vector<std::string> others = {};  // files that do as well, the next best first

  friend bool operator==(const vendor_library &, const vendor_library &) = default;
};

// What must be there for the plugin to work. Diagnosis reads this; an empty list asks for nothing.
struct plugin_needs {
  std::vector<std::string> kernel_drivers;  // one of them must be bound to the device
  std::vector<std::string>
      device_nodes;  // every pattern must match a node that the user may open: "/dev/nvidia*"
  std::vector<vendor_library> libraries;          // all of them
  std::vector<std::string> visibility_variables;  // environment variables by which the vendor hides devices

  friend bool operator==(const plugin_needs &, const plugin_needs &) = default;
};

struct manifest {
  std::string name;         // unique among the plugins: "cuda"
  std::string version;      // of the plugin
  std::string vendor;       // who made it, free text
  std::string description;  // one line
  std::string library;      // file name of the shared object, beside the manifest
  abi_range abi;

  bool any = false;  // drives devices that no bus shows; such a plugin is asked on every machine
  std::vector<pci_match> matches;
  plugin_needs needs;

  friend bool operator==(const manifest &, const manifest &) = default;
};

}  // namespace hal::discovery
