#include "hal/runtime.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "devices/describe.hpp"
#include "discovery/elf_needs.hpp"
#include "discovery/library_search.hpp"
#include "discovery/match.hpp"
#include "discovery/topology.hpp"
#include "hal/error.hpp"
#include "runtime/ask_plugins.hpp"
#include "runtime/catalog.hpp"
#include "runtime/hardware.hpp"
#include "runtime/hotplug/hotplug.hpp"
#include "runtime/listing.hpp"
#include "runtime/probing/options.hpp"
#include "runtime/probing/prober.hpp"
#include "runtime/reasons.hpp"
#include "runtime/selector.hpp"
#include "runtime/topology/files.hpp"
#include "runtime/topology/topology.hpp"

namespace hal {

class runtime::implementation {
 public:
  explicit implementation(runtime_options options) : options_(std::move(options)) {}

  std::shared_ptr<const inventory> look(bool anew) {
    const std::lock_guard lock(mutex_);
    if (listing_ == nullptr || anew) take();
    return listing_;
  }

  // The loaded plugin and the device as it counts it.
  struct target {
    std::shared_ptr<const rt::plugin_module> module;
    device_info info;
  };

  target load(const device_info &info) {
    look(false);
    const std::lock_guard lock(mutex_);
    for (rt::catalog_entry &entry : plugins_->entries()) {
      if (entry.facts.name != info.plugin || entry.facts.state != plugin_state::available) continue;
      rt::catalog::load(entry, options_.log);
      return {entry.module, rt::catalog::as_loaded(entry, info)};
    }
    throw error(status::not_found, fmt::format("No plugin named '{}' can be used.", info.plugin));
  }

  // What the listing was made from.
  struct hardware_snapshot {
    std::shared_ptr<const discovery::inventory> hardware;
    std::vector<discovery::manifest> manifests;
    std::filesystem::path machine;
  };

  hardware_snapshot hardware() {
    look(false);
    const std::lock_guard lock(mutex_);
    hardware_snapshot snapshot{hardware_, {}, options_.machine};
    for (const rt::catalog_entry &entry : plugins_->entries()) snapshot.manifests.push_back(entry.manifest);
    return snapshot;
  }

  const runtime_options &options() const { return options_; }

 private:
  bool recorded() const { return options_.machine != "/"; }

  void take() {
    auto plugins = std::make_unique<rt::catalog>(options_);
    std::vector<discovery::manifest> manifests;
    for (const rt::catalog_entry &entry : plugins->entries()) manifests.push_back(entry.manifest);
    discovery::inventory hardware = rt::look_at_hardware(options_.machine, manifests);
    if (!recorded()) ask(*plugins, hardware);
    auto listing = std::make_shared<const inventory>(
        rt::make_listing(hardware, *plugins, recorded(), rt::reasons_in(system_, *plugins).checks));
    plugins_ = std::move(plugins);
    listing_ = std::move(listing);
    hardware_ = std::make_shared<const discovery::inventory>(std::move(hardware));
  }

  // A vendor's library is not touched for nothing: only plugins with hardware in this machine, and those that
  // no bus can show.
  static bool is_wanted(const rt::catalog_entry &entry, const discovery::inventory &hardware) {
    return entry.manifest.any || has_hardware(entry, hardware);
  }

  static bool has_hardware(const rt::catalog_entry &entry, const discovery::inventory &hardware) {
    return std::any_of(hardware.devices.begin(), hardware.devices.end(),
                       [&entry](const discovery::found_device &found) {
                         return discovery::match(entry.manifest, found.pci) != discovery::match_rank::none;
                       });
  }

  // A library that a plugin without hardware on a bus needs, and that is not there: such a plugin would be
  // asked on every machine, to answer that each time.
  std::optional<std::string> missing_library(const rt::catalog_entry &entry,
                                             const discovery::inventory &hardware,
                                             std::optional<discovery::library_search> &libraries) const {
    if (entry.manifest.needs.libraries.empty() || has_hardware(entry, hardware)) return std::nullopt;
    if (!libraries) libraries.emplace(system_);
    if (!libraries->can_tell()) return std::nullopt;
    const auto runpath = discovery::read_elf_needs(entry.facts.library).runpath;
    for (const discovery::vendor_library &one : entry.manifest.needs.libraries) {
      if (!libraries->find(one.file, runpath)) return one.file;
    }
    return std::nullopt;
  }

  void ask(rt::catalog &plugins, const discovery::inventory &hardware) {
    if (!prober_) prober_.emplace(rt::probe_helper(), rt::probe_limits_of(options_));
    std::vector<rt::catalog_entry *> wanted;
    std::optional<discovery::library_search> libraries;
    for (rt::catalog_entry &entry : plugins.entries()) {
      if (entry.facts.state != plugin_state::idle) continue;
      if (!is_wanted(entry, hardware)) {
        entry.facts.why = reason{"no_hardware",
                                 "The machine has no hardware that its manifest matches; it was not loaded."};
      } else if (const auto missing = missing_library(entry, hardware, libraries)) {
        entry.facts.why =
            reason{"library_not_found",
                   fmt::format("The library {} that it needs is not there; it was not loaded.", *missing)};
      } else if (rt::catalog::can_be_asked(entry)) {
        wanted.push_back(&entry);
      }
    }
    const std::vector<rt::probe_result> results =
        rt::ask_plugins(*prober_, rt::cache_folder(options_), wanted, hardware, system_);
    for (std::size_t i = 0; i < wanted.size(); ++i) rt::catalog::take(*wanted[i], results[i], options_.log);
  }

  runtime_options options_;
  const discovery::system_view system_ = rt::system_of(options_);
  std::mutex mutex_;
  std::optional<rt::prober> prober_;
  std::unique_ptr<rt::catalog> plugins_;
  std::shared_ptr<const inventory> listing_;
  std::shared_ptr<const discovery::inventory> hardware_;
};

std::string_view to_string(plugin_state state) noexcept {
  switch (state) {
    case plugin_state::available:
      return "available";
    case plugin_state::refused:
      return "refused";
    case plugin_state::failed:
      return "failed";
    case plugin_state::excluded:
      return "excluded";
    case plugin_state::idle:
      break;
  }
  return "idle";
}

runtime::runtime(runtime_options options) : self_(std::make_unique<implementation>(std::move(options))) {}
runtime::runtime(runtime &&) noexcept = default;
runtime &runtime::operator=(runtime &&) noexcept = default;
runtime::~runtime() = default;

runtime::implementation &runtime::self() const {
  if (self_ == nullptr) throw error(status::invalid_handle, "The runtime is empty: it was moved from.");
  return *self_;
}

std::shared_ptr<const inventory> runtime::look() {
  return self().look(false);
}
std::shared_ptr<const inventory> runtime::refresh() {
  return self().look(true);
}

device runtime::open(std::string_view selector) {
  const auto listing = look();
  return open(rt::way_in(rt::find(*listing, selector), selector));
}

device runtime::open(const requirements &needs) {
  const auto listing = look();
  std::vector<std::string> rejected;
  for (const device_entry &entry : listing->devices) {
    for (const device_info &info : entry.ways_in) {
      const auto missing = unmet(info, needs);
      if (!missing) return open(info);
      rejected.push_back(fmt::format("{}: {}", info.selector(), *missing));
    }
  }
  throw error(status::not_found, rejected.empty() ? "No device can be used in this machine."
                                                  : fmt::format("No device meets the requirements: {}.",
                                                                fmt::join(rejected, "; ")));
}

device runtime::open(const device_info &way_in) {
  const auto [module, info] = self().load(way_in);
  return module->open(info, rt::cache_folder(self().options()));
}

device_entry runtime::find(std::string_view selector) {
  return rt::find(*look(), selector);
}

std::vector<device_property> runtime::properties(const device_info &way_in) {
  const auto [module, info] = self().load(way_in);
  return devices::properties(module->table(), info.index);
}

device_metrics runtime::metrics(const device_info &way_in) {
  const auto [module, info] = self().load(way_in);
  return devices::metrics(module->table(), info.index);
}

topology runtime::topology() {
  const auto seen = self().hardware();
  const discovery::inventory hardware =
      rt::look_at_hardware(seen.machine, seen.manifests, rt::hardware_detail::all);
  hal::topology all =
      discovery::build_topology(hardware, rt::read_processors(seen.machine), discovery::pci_names());
  all.warnings = look()->warnings;
  return all;
}

std::vector<device_link> runtime::links() {
  const auto listing = look();
  std::vector<device_link> all;
  rt::for_each_property_list(
      *listing, *this,
      [&](const device_entry &entry, const device_info &way_in, const std::vector<device_property> &own) {
        const std::vector<device_link> some = rt::links_of(entry, way_in, own, *listing);
        all.insert(all.end(), some.begin(), some.end());
      });
  return all;
}

std::vector<device_files> runtime::files() {
  const auto seen = self().hardware();
  rt::reported_files reported;
  rt::for_each_property_list(
      *look(), *this,
      [&](const device_entry &entry, const device_info &, const std::vector<device_property> &own) {
        rt::add_reported_files(entry, own, reported);
      });
  return rt::find_device_files(seen.machine, *seen.hardware, seen.manifests, reported);
}

device_monitor runtime::monitor(const monitor_options &options) {
  const bool by_clock = options.interval.count() != 0;
  auto source = by_clock ? rt::open_interval_source(options.interval) : rt::open_udev_source();
  monitor_options times = options;
  if (by_clock) times.quiet = {};
  const auto seen = self().hardware();
  return rt::make_monitor(
      std::move(source),
      [machine = seen.machine, manifests = seen.manifests] {
        return rt::seen_in(rt::look_at_hardware(machine, manifests));
      },
      times);
}

}  // namespace hal
