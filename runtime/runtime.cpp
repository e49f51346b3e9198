#include "hal/runtime.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "devices/describe.hpp"
#include "discovery/match.hpp"
#include "hal/error.hpp"
#include "runtime/ask_plugins.hpp"
#include "runtime/catalog.hpp"
#include "runtime/hardware.hpp"
#include "runtime/listing.hpp"
#include "runtime/probe_options.hpp"
#include "runtime/prober.hpp"
#include "runtime/reasons.hpp"
#include "runtime/selector.hpp"

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

 private:
  bool recorded() const { return options_.machine != "/"; }

  void take() {
    auto plugins = std::make_unique<rt::catalog>(options_);
    std::vector<discovery::manifest> manifests;
    for (const rt::catalog_entry &entry : plugins->entries()) manifests.push_back(entry.manifest);
    const discovery::inventory hardware = rt::look_at_hardware(options_.machine, manifests);
    if (!recorded()) ask(*plugins, hardware);
    auto listing = std::make_shared<const inventory>(
        rt::make_listing(hardware, *plugins, recorded(), rt::reasons_in(system_, *plugins).checks));
    plugins_ = std::move(plugins);
    listing_ = std::move(listing);
  }

  // A vendor's library is not touched for nothing: only plugins with hardware in this machine, and those that
  // no bus can show.
  static bool is_wanted(const rt::catalog_entry &entry, const discovery::inventory &hardware) {
    return entry.manifest.any ||
           std::any_of(hardware.devices.begin(), hardware.devices.end(),
                       [&entry](const discovery::found_device &found) {
                         return discovery::match(entry.manifest, found.pci) != discovery::match_rank::none;
                       });
  }

  void ask(rt::catalog &plugins, const discovery::inventory &hardware) {
    if (!prober_) prober_.emplace(rt::probe_helper(), rt::probe_limits_of(options_));
    std::vector<rt::catalog_entry *> wanted;
    for (rt::catalog_entry &entry : plugins.entries()) {
      if (entry.facts.state != plugin_state::idle) continue;
      if (!is_wanted(entry, hardware)) {
        entry.facts.why = reason{"no_hardware",
                                 "The machine has no hardware that its manifest matches; it was not loaded."};
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
  return module->open(info);
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

}  // namespace hal
