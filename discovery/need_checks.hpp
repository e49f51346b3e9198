// What a plugin's manifest says it needs, against the system: device nodes, vendor libraries, visibility
// variables; and whether the device is asleep. Nothing is opened, loaded or run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "discovery/library_search.hpp"
#include "discovery/reason.hpp"
#include "discovery/system_view.hpp"

namespace hal::discovery {

// Every pattern must match a node that this user may use. Of a plugin that works, and does not report the
// device, each matching node must be usable: the one that is not may be the device's.
std::optional<reason> check_nodes(const system_view &system, const manifest &plugin,
                                  const plugin_outcome &outcome);

// Not of a plugin that works: it found what it needs. `runpath` is the plugin's own.
std::optional<reason> check_libraries(const system_view &system, const library_search &search,
                                      const manifest &plugin, const plugin_outcome &outcome,
                                      const std::vector<std::string> &runpath);

// Of a plugin that works and does not report the device, any variable that is set; of one whose probe failed,
// a variable that hides every device: empty, or beginning with -1.
std::optional<reason> check_variables(const system_view &system, const manifest &plugin,
                                      const plugin_outcome &outcome);

// Of a plugin that works and does not report the device.
std::optional<reason> check_power(const system_view &system, const manifest &plugin,
                                  const plugin_outcome &outcome, const pci_function &function);

// All of them. Both arguments are borrowed for as long as the checks are used. `runpath_of` may be empty.
std::vector<further_check> need_checks(
    const system_view &system, const library_search &search,
    std::function<std::vector<std::string>(const manifest &)> runpath_of = {});

}  // namespace hal::discovery
