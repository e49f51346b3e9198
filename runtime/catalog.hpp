// Every plugin that was found, with what became of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "discovery/reason.hpp"
#include "hal/inventory.hpp"
#include "hal/runtime.hpp"
#include "runtime/plugin_module.hpp"

namespace hal::rt {

struct catalog_entry {
  discovery::manifest manifest;
  plugin_entry facts;                           // as users see it; `state` and `why` are kept up to date here
  std::shared_ptr<const plugin_module> module;  // once loaded and accepted
  std::vector<device_info> devices;             // once probed
  std::vector<std::string> warnings;            // devices that it has and cannot describe
  discovery::plugin_outcome outcome;            // the same for discovery's reasons
};

// Finding reads manifests only; wake() is what loads code.
class catalog {
 public:
  // Reads the manifests of the search path and applies the rule. What is wrong with a manifest is in its
  // entry. Throws hal::error for a rule that cannot be read.
  explicit catalog(const runtime_options &options);

  std::vector<catalog_entry> &entries() noexcept { return entries_; }
  const std::vector<catalog_entry> &entries() const noexcept { return entries_; }
  const std::vector<std::string> &warnings() const noexcept { return warnings_; }

  // Loads, probes and describes. Does not throw for what the plugin does wrong: the entry says it. Only for
  // entries that are idle.
  static void wake(catalog_entry &entry, const log_function &log);

 private:
  std::vector<catalog_entry> entries_;
  std::vector<std::string> warnings_;
};

}  // namespace hal::rt
