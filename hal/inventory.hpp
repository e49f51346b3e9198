// What there is: every accelerator of the machine and every plugin, with the reason for what cannot be used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hal/device_info.hpp"
#include "hal/topology.hpp"

namespace hal {

// Why something cannot be used. Exactly one first cause.
struct reason {
  std::string
      id;  // stable, for programs: "no_plugin", "probe_failed" ... (docs/halctl-list-schema.md lists them)
  std::string text;  // a sentence for people, with what to do
};

// The largest resizable memory window (BAR) of a device, in bytes.
struct memory_window {
  std::uint64_t size = 0;  // as set now
  std::uint64_t most = 0;  // the largest that it can be set to

  friend bool operator==(const memory_window &, const memory_window &) = default;
};

// How a device hangs on its bus, as far as the machine tells.
struct bus_facts {
  pci_express_link link;
  std::optional<memory_window> window;
  std::optional<std::uint32_t> iommu_group;
  std::optional<pci_address> physical_function;    // set for an SR-IOV virtual function only
  std::optional<std::uint32_t> virtual_functions;  // SR-IOV functions that are switched on
  std::string cpus;                                // near it, as the kernel writes lists: "0-15,64-79"
  std::string power;                               // of runtime power management: "active", "suspended" ...
  std::string platform;                            // its name on a bus other than PCI: "13e40000.gpu"
  std::vector<std::string> files;                  // in /dev, as its kernel drivers name them
};

// One device: hardware found on a bus, a device that a plugin reported, or, as a rule, both.
struct device_entry {
  std::uint32_t index = 0;  // in this listing
  device_type type = device_type::other;
  device_identity identity;
  std::string name;
  std::string vendor;
  std::uint32_t vendor_id = 0;  // PCI ids; 0 when it is on no bus
  std::uint32_t device_id = 0;
  std::string kernel_driver;  // bound to it; empty when none is
  std::optional<int> numa_node;
  bus_facts bus;                     // of hardware found on a bus
  std::vector<device_info> ways_in;  // by which plugins it can be used, the preferred one first
  std::optional<reason> unusable;    // set exactly when ways_in is empty
  // A logical device (a MIG instance, an XCP partition, a tile) is a child of the physical one that it is a
  // part of, where that is in the listing, too. Indices of this listing; children in its order, after their
  // parent.
  std::optional<std::uint32_t> parent;
  std::vector<std::uint32_t> children;

  bool usable() const noexcept { return !ways_in.empty(); }
};

enum class plugin_state {
  available,  // accepted and probed; it may still have found no device
  refused,    // not loaded, or loaded and not accepted
  failed,     // asked, and its probe failed, crashed or took too long
  excluded,   // by the rule of HAL_PLUGINS
  idle,       // the machine has nothing that its manifest matches
};

std::string_view to_string(plugin_state state) noexcept;

struct plugin_entry {
  std::string name;
  std::string version;
  std::string description;
  std::filesystem::path manifest;
  std::filesystem::path library;
  plugin_state state = plugin_state::idle;
  std::uint32_t device_count = 0;
  std::optional<reason> why;  // for every state but `available`; for that one when there is no device
};

struct inventory {
  std::vector<device_entry> devices;
  std::vector<plugin_entry> plugins;
  std::vector<std::string> warnings;  // what could not be read, as sentences
};

}  // namespace hal
