// The runtime: finds hardware and plugins, and opens devices.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device.hpp"
#include "hal/dispatch.hpp"
#include "hal/hotplug.hpp"
#include "hal/inventory.hpp"
#include "hal/requirement.hpp"
#include "hal/topology.hpp"

namespace hal {

enum class log_level {
  error = HAL_LOG_ERROR,
  warning = HAL_LOG_WARNING,
  info = HAL_LOG_INFO,
  debug = HAL_LOG_DEBUG
};

struct runtime_options {
  // Folders with manifests, searched before HAL_PLUGIN_PATH and the built-in ones.
  std::vector<std::filesystem::path> plugin_path;
  // Searches `plugin_path` only.
  bool only_plugin_path = false;
  // Which plugins, in the syntax of HAL_PLUGINS (docs/environment.md); nothing: that variable decides.
  std::optional<std::string> plugins;
  // The machine's root; another one replays a recorded machine: its hardware is listed and no plugin is
  // loaded.
  std::filesystem::path machine = "/";
  // How long a plugin may take to tell its devices; nothing: HAL_PROBE_DEADLINE decides, else 2 seconds.
  std::optional<std::chrono::milliseconds> probe_deadline;
  // Whether what plugins told may be kept in the user's cache folder and used again while nothing changed
  // that could change it (docs/probing.md); nothing: HAL_CACHE decides.
  std::optional<bool> cache;
  // Receives what plugins say. From any thread. Nothing: what is worse than `warning` level is dropped, too:
  // the HAL prints nothing.
  std::function<void(log_level, std::string_view)> log;
};

// Where a kernel runs best.
struct placement {
  device_info device;
  bundle_variant variant;
};

// A value that the caller owns; there is no global state. Safe from any thread. Devices opened by it may
// outlive it.
class runtime {
 public:
  // Reads nothing and loads nothing yet.
  explicit runtime(runtime_options options = {});
  runtime(runtime &&) noexcept;
  runtime &operator=(runtime &&) noexcept;
  ~runtime();

  // Scans the buses, reads the manifests, and asks the plugins that the machine has hardware for, each in a
  // child process (docs/probing.md): no vendor's code runs in this process before open(). The first call does
  // the work; later ones answer from it until refresh(). Does not throw for what is broken in the machine:
  // the inventory says it.
  std::shared_ptr<const inventory> look();
  std::shared_ptr<const inventory> refresh();

  // Opens the device that a selector names: an index of the listing ("0"), a PCI address ("0000:17:00.0",
  // "17:00.0"), a UUID
  // ("uuid:...", "GPU-..."), or a plugin's device ("cuda:0"). docs/halctl.md has the grammar. Throws
  // not_found with what there is, unavailable with the reason when the device cannot be used.
  device open(std::string_view selector);
  device open(const char *selector) { return open(std::string_view(selector)); }
  // Opens the first device of the listing that meets all requirements. Throws not_found with the first unmet
  // requirement of each.
  device open(const requirements &needs);
  // Opens by a given way in, as found in the inventory.
  device open(const device_info &way_in);

  // Every way in that meets all requirements, in the order of the listing.
  std::vector<device_info> select(const requirements &needs);
  // The device and the variant on which a bundle's kernel runs best (hal/dispatch.hpp has the rule). Opens
  // nothing. Throws not_found for the kernel, incompatible_target with the reason for every pair.
  placement best(const bundle &code, std::string_view kernel, const dispatch_policy &policy = {});

  // The entry that a selector names.
  device_entry find(std::string_view selector);
  // These load the plugin into this process, as open() does, and create nothing on the device.
  std::vector<device_property> properties(const device_info &way_in);
  device_metrics metrics(const device_info &way_in);

  // How the machine is connected. Reads the buses anew, every function in full; asks no plugin.
  hal::topology topology();
  // Connections that bypass PCI, as the plugins of usable devices report them.
  std::vector<device_link> links();
  // The files in /dev of every accelerator on a PCI bus, by address.
  std::vector<device_files> files();

  // Watches for accelerators that come, go or are reset. look() does not follow by itself: call refresh() for
  // the new listing. Throws unsupported when the HAL was built without libudev, unavailable when the system
  // gives no events; with monitor_options::interval it needs neither.
  device_monitor monitor(const monitor_options &options = {});

 private:
  class implementation;
  implementation &self() const;

  std::unique_ptr<implementation> self_;
};

}  // namespace hal
