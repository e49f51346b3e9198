// One plugin, loaded and checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "discovery/manifest.hpp"
#include "hal/abi/plugin.h"
#include "hal/device.hpp"
#include "hal/runtime.hpp"
#include "runtime/shared_object.hpp"

namespace hal::rt {

using log_function = std::function<void(log_level, std::string_view)>;

// Complete tables (devices/table.hpp) of a plugin whose version, name and required entries were checked. Held
// by every device that it opened.
class plugin_module : public std::enable_shared_from_this<plugin_module> {
 public:
  // Loads the shared object and asks it for its table. `log` may be empty. Throws hal::error: unavailable (it
  // cannot be loaded), incompatible_version, invalid_argument (it is not what the manifest says). Runs the
  // plugin's query and static constructors, nothing else. `loaded` is called between the two.
  static std::shared_ptr<const plugin_module> load(const discovery::manifest &manifest,
                                                   const std::filesystem::path &library, log_function log,
                                                   const std::function<void()> &loaded = {});

  plugin_module(const plugin_module &) = delete;
  plugin_module &operator=(const plugin_module &) = delete;

  const hal_plugin &table() const noexcept { return plugin_; }
  const std::string &version() const noexcept { return version_; }

  // How many devices the plugin finds. Throws hal::error with the plugin's words.
  std::uint32_t probe() const;
  // Opens one of them. `cache`: the folder for what its compiler makes; empty: none. Throws likewise.
  device open(const device_info &info, const std::filesystem::path &cache = {}) const;

 private:
  plugin_module(shared_object code, log_function log);
  void accept(const discovery::manifest &manifest, const std::filesystem::path &library);

  shared_object code_;
  log_function log_;
  hal_host host_{};
  hal_plugin plugin_{};
  hal_device_table device_table_{};
  std::string version_;
};

}  // namespace hal::rt
