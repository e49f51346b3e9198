// Every plugin that was found, with what became of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "discovery/reason.hpp"
#include "hal/inventory.hpp"
#include "hal/runtime.hpp"
#include "runtime/plugin_module.hpp"
#include "runtime/probing/prober.hpp"

namespace hal::rt {

struct catalog_entry {
  std::size_t preference = 0;  // by the rule of HAL_PLUGINS: the lower comes first
  discovery::manifest manifest;
  plugin_entry facts;                           // as users see it; `state` and `why` are kept up to date here
  std::shared_ptr<const plugin_module> module;  // once loaded into this process: to open a device
  std::vector<device_info> devices;             // once probed
  std::vector<std::string> warnings;            // devices that it has and cannot describe
  discovery::plugin_outcome outcome;            // the same for discovery's reasons
};

// Finding reads manifests only. Asking is done in child processes (runtime/probing/prober.hpp); load() is
// what runs a plugin's code here.
class catalog {
 public:
  // Reads the manifests of the search path and applies the rule. What is wrong with a manifest is in its
  // entry. Throws hal::error for a rule that cannot be read.
  explicit catalog(const runtime_options &options);

  std::vector<catalog_entry> &entries() noexcept { return entries_; }
  const std::vector<catalog_entry> &entries() const noexcept { return entries_; }
  const std::vector<std::string> &warnings() const noexcept { return warnings_; }

  // Looks at the shared object's file: false when it cannot be loaded, and the entry then says why.
  static bool can_be_asked(catalog_entry &entry);
  // Writes what a child process found into the entry, which was idle. Hands what the plugin said to `log`.
  static void take(catalog_entry &entry, const probe_result &result, const log_function &log);

  // Loads and probes the plugin in this process, once. Throws hal::error with what is wrong.
  static const plugin_module &load(catalog_entry &entry, const log_function &log);
  // The listed device as the loaded plugin counts it. Throws hal::error, device_lost, when it is gone.
  static device_info as_loaded(const catalog_entry &entry, const device_info &info);

 private:
  std::vector<catalog_entry> entries_;
  std::vector<std::string> warnings_;
};

}  // namespace hal::rt
