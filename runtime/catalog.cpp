#include "runtime/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "devices/describe.hpp"
#include "hal/error.hpp"
#include "runtime/environment.hpp"
#include "runtime/manifest_file.hpp"
#include "runtime/plugin_rule.hpp"
#include "runtime/search_path.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

// A plugin that claims more devices than this is not believed.
constexpr std::uint32_t most_devices = 65536;

void set_refused(catalog_entry &entry, const std::string &why) {
  entry.facts.state = plugin_state::refused;
  entry.facts.why = reason{"plugin_refused", why};
  entry.outcome = {discovery::plugin_state::refused, why, {}};
}

void set_failed(catalog_entry &entry, const std::string &why) {
  entry.facts.state = plugin_state::failed;
  entry.facts.why = reason{"probe_failed", why};
  entry.outcome = {discovery::plugin_state::probe_failed, why, {}};
  entry.devices.clear();
  entry.warnings.clear();
}

std::string abi_mismatch(const fs::path &file, const discovery::abi_range &abi) {
  constexpr std::uint16_t minor = HAL_ABI_MINOR;
  if (abi.major == HAL_ABI_MAJOR && abi.minor_least <= minor && minor <= abi.minor_most) return {};
  return fmt::format(
      "The manifest {} asks for a version of the plugin boundary from {}.{} to {}.{}; this library has "
      "{}.{}.",
      file.string(), abi.major, abi.minor_least, abi.major, abi.minor_most, HAL_ABI_MAJOR, HAL_ABI_MINOR);
}

catalog_entry read_entry(const fs::path &file) {
  catalog_entry entry;
  entry.facts.manifest = file;
  entry.facts.name = file.stem().string();
  try {
    entry.manifest = read_manifest(file);
  } catch (const error &wrong) {
    entry.manifest.name = entry.facts.name;
    set_refused(entry, wrong.what());
    return entry;
  }
  entry.facts.name = entry.manifest.name;
  entry.facts.version = entry.manifest.version;
  entry.facts.description = entry.manifest.description;
  entry.facts.library = file.parent_path() / entry.manifest.library;
  if (const std::string mismatch = abi_mismatch(file, entry.manifest.abi); !mismatch.empty())
    set_refused(entry, mismatch);
  return entry;
}

// One file by two names: a folder that is on the path twice, or linked to.
bool is_same_file(const fs::path &a, const fs::path &b) {
  if (a == b) return true;
  std::error_code ignored;
  return a.filename() == b.filename() && fs::equivalent(a, b, ignored);
}

void exclude(catalog_entry &entry, const plugin_rule &rule) {
  if (entry.facts.state != plugin_state::idle || rule.allows(entry.facts.name)) return;
  const std::string why = fmt::format("The plugin rule '{}' excludes it.", rule.text());
  entry.facts.state = plugin_state::excluded;
  entry.facts.why = reason{"excluded", why};
  entry.outcome = {discovery::plugin_state::refused, why, {}};
}

// A device that cannot be described does not hide the plugin's others; when it is so with all of them, the
// plugin has failed, and this throws what it said last.
void describe_all(catalog_entry &entry, std::uint32_t count) {
  entry.outcome = {discovery::plugin_state::probed, {}, {}};
  for (std::uint32_t index = 0; index < count; ++index) {
    try {
      entry.devices.push_back(devices::describe(entry.module->table(), index));
    } catch (const error &wrong) {
      if (index + 1 == count && entry.devices.empty()) throw;
      entry.warnings.push_back(
          fmt::format("The device {}:{} is left out, because the plugin cannot describe it: {}",
                      entry.facts.name, index, wrong.what()));
      continue;
    }
    if (entry.devices.back().identity.pci)
      entry.outcome.reported.push_back(*entry.devices.back().identity.pci);
  }
}

}  // namespace

catalog::catalog(const runtime_options &options) {
  const plugin_rule rule(options.plugins ? *options.plugins : environment("HAL_PLUGINS").value_or(""));
  for (const search_folder &folder : search_path(options)) {
    for (const fs::path &file : manifests_in(folder, warnings_)) {
      const bool seen = std::any_of(entries_.begin(), entries_.end(), [&file](const catalog_entry &other) {
        return is_same_file(other.facts.manifest, file);
      });
      if (seen) continue;
      catalog_entry entry = read_entry(file);
      const auto same = std::find_if(entries_.begin(), entries_.end(), [&entry](const catalog_entry &other) {
        return other.facts.name == entry.facts.name && other.facts.state == plugin_state::idle;
      });
      if (same != entries_.end() && entry.facts.state == plugin_state::idle) {
        set_refused(entry, fmt::format("Another plugin named '{}' comes earlier on the search path: {}.",
                                       entry.facts.name, same->facts.manifest.string()));
      }
      entries_.push_back(std::move(entry));
    }
  }
  for (catalog_entry &entry : entries_) exclude(entry, rule);
  std::stable_sort(entries_.begin(), entries_.end(), [&rule](const catalog_entry &a, const catalog_entry &b) {
    const std::size_t first = rule.preference(a.facts.name);
    const std::size_t second = rule.preference(b.facts.name);
    return first != second ? first < second : a.facts.name < b.facts.name;
  });
}

void catalog::wake(catalog_entry &entry, const log_function &log) {
  try {
    if (entry.module == nullptr) entry.module = plugin_module::load(entry.manifest, entry.facts.library, log);
  } catch (const error &wrong) {
    set_refused(entry, wrong.what());
    return;
  }
  try {
    const std::uint32_t count = entry.module->probe();
    if (count > most_devices) {
      set_failed(entry, fmt::format("The plugin '{}' tells of {} devices; the most that is believed is {}.",
                                    entry.facts.name, count, most_devices));
      return;
    }
    describe_all(entry, count);
  } catch (const error &wrong) {
    set_failed(entry, wrong.what());
    return;
  }
  entry.facts.state = plugin_state::available;
  entry.facts.version = entry.module->version();
  entry.facts.device_count = static_cast<std::uint32_t>(entry.devices.size());
  if (entry.devices.empty()) entry.facts.why = reason{"no_device", "The plugin works and found no device."};
}

}  // namespace hal::rt
