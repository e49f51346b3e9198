// Why a device cannot be used: one first cause, with a stable id for programs and a sentence for people.
//
// This file judges only what is known without touching anything: the bus scan, the manifests and what the
// host learnt of its plugins. Causes that need a look at the system (device nodes, vendor libraries, the
// environment) are built by whoever looks, with the same enumeration and the same sentences.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/manifest.hpp"
#include "discovery/match.hpp"
#include "discovery/pci_function.hpp"

namespace hal::discovery {

// In the order of checking, from the hardware up: the first one that holds is the cause.
enum class cause {
  no_plugin,          // no manifest claims the device
  driver_not_bound,   // the plugin needs a kernel driver and none is bound
  driver_wrong,       // another kernel driver is bound
  node_missing,       // a device node does not exist
  node_not_readable,  // this user may not open it
  library_not_found,  // the vendor's library
  library_unusable,   // it is there and cannot be loaded
  library_too_old,
  hidden,          // a visibility variable hides the device
  plugin_refused,  // the host did not accept the plugin (ABI range, damaged file, manifest at odds with it
                   // ...)
  probe_failed,    // the plugin's probe answered with an error
  probe_crashed,
  probe_timed_out,
  suspended,     // the plugin works and does not list the device, which the kernel has put to sleep
  not_reported,  // the plugin works and does not list the device
};

// The text id: the enumerator's name, "no_plugin". Stable: it appears in JSON.
std::string_view id(cause value) noexcept;
std::optional<cause> parse_cause(std::string_view text) noexcept;

// Every cause, in order.
std::span<const cause> all_causes() noexcept;

// What a sentence may name. Empty members are left out of it.
struct reason_facts {
  std::string plugin = {};    // the plugin's name
  std::string subject = {};   // the driver that is bound, the device node, the library file, the variable
  std::string expected = {};  // the drivers, the version or the group that would do
  std::string detail = {};    // the system's, the loader's or the vendor's own words
};

// Full sentences: what is the matter, with the values, and what helps.
std::string sentence(cause value, const reason_facts &facts);

struct reason {
  cause why = cause::no_plugin;
  std::string plugin;  // empty for no_plugin
  std::string text;    // sentence()

  friend bool operator==(const reason &, const reason &) = default;
};

reason make_reason(cause value, const reason_facts &facts);

// What the host knows of a plugin after loading and probing it.
enum class plugin_state {
  not_probed,  // accepted; nothing beyond that is known
  refused,
  probe_failed,
  probe_crashed,
  probe_timed_out,
  probed,  // its list of devices is known
};

struct plugin_outcome {
  plugin_state state = plugin_state::not_probed;
  std::string detail;                 // why it was refused, or the probe's own words
  std::vector<pci_address> reported;  // when probed: the devices it lists
};

// A check of one device against one plugin that claims it, and against what came of that plugin, beyond what
// this file knows: nodes, libraries and variables (discovery/need_checks.hpp). Empty means that it found
// nothing.
using further_check =
    std::function<std::optional<reason>(const manifest &, const plugin_outcome &, const pci_function &)>;

// The kernel driver against what the plugin needs. An unread driver (a dump has none) is no cause.
std::optional<reason> check_driver(const manifest &plugin, const pci_function &function);

// The first cause for one device; empty when a plugin reports it, or when nothing is known against it.
// `outcomes` has one entry per manifest, in the same order. Where several plugins claim the device, the one
// that gets furthest speaks, and among equals the one that claims it most closely.
std::optional<reason> first_cause(const pci_function &function, std::span<const manifest> plugins,
                                  std::span<const plugin_outcome> outcomes,
                                  std::span<const further_check> further = {});

}  // namespace hal::discovery
