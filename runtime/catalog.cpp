#include "runtime/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "devices/describe.hpp"
#include "hal/error.hpp"
#include "runtime/environment.hpp"
#include "runtime/manifest_file.hpp"
#include "runtime/object_file.hpp"
#include "runtime/plugin_rule.hpp"
#include "runtime/search_path.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

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

// How it ended, and what it said last: that can name what it did.
std::string last_words(const probe_result &result) {
  if (result.report.log.empty()) return result.why;
  return fmt::format("{}; what it said last: \"{}\"", result.why, result.report.log.back().second);
}

// By a child process: how it ended is the reason.
void set_lost(catalog_entry &entry, const probe_result &result) {
  const std::string why_text = last_words(result);
  const bool late = result.end == probe_end::timed_out;
  const discovery::cause why = late ? discovery::cause::probe_timed_out : discovery::cause::probe_crashed;
  entry.facts.state = plugin_state::failed;
  entry.facts.why = reason{std::string(discovery::id(why)),
                           discovery::sentence(why, {.plugin = entry.facts.name, .detail = why_text})};
  entry.outcome = {
      late ? discovery::plugin_state::probe_timed_out : discovery::plugin_state::probe_crashed, why_text, {}};
}

void set_answered(catalog_entry &entry, const probe_report &report) {
  entry.facts.state = plugin_state::available;
  entry.facts.version = report.version;
  entry.facts.device_count = static_cast<std::uint32_t>(report.devices.size());
  entry.devices = report.devices;
  entry.warnings = report.warnings;
  for (const auto &[level, text] : report.log) {
    if (level <= log_level::warning && !text.empty())
      entry.warnings.push_back(fmt::format("{}: {}", entry.facts.name, text));
  }
  entry.outcome = {discovery::plugin_state::probed, {}, {}};
  for (const device_info &info : entry.devices) {
    if (info.identity.pci) entry.outcome.reported.push_back(*info.identity.pci);
  }
  if (entry.devices.empty()) entry.facts.why = reason{"no_device", "The plugin works and found no device."};
}

// What a device is when it was told and when it is opened, as far as the plugin knows.
bool is_same_device(const device_info &a, const device_info &b) {
  return a.identity == b.identity && a.name == b.name;
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
  for (catalog_entry &entry : entries_) {
    exclude(entry, rule);
    entry.preference = rule.preference(entry.facts.name);
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const catalog_entry &a, const catalog_entry &b) {
    return std::tie(a.preference, a.facts.name) < std::tie(b.preference, b.facts.name);
  });
}

bool catalog::can_be_asked(catalog_entry &entry) {
  try {
    check_object_file(entry.facts.library);
  } catch (const error &wrong) {
    set_refused(entry, wrong.what());
    return false;
  }
  return true;
}

void catalog::take(catalog_entry &entry, const probe_result &result, const log_function &log) {
  // What is worth a warning is one of the listing's then.
  const bool answered = result.end == probe_end::reported && result.report.verdict == probe_verdict::answered;
  if (log) {
    for (const auto &[level, text] : result.report.log) {
      if (answered && (level == log_level::warning || level == log_level::error)) continue;
      try {
        log(level, text);
      } catch (...) {  // NOLINT(bugprone-empty-catch): a logger's failure has nobody left to be told to
      }
    }
  }
  switch (result.end) {
    case probe_end::reported:
      break;
    case probe_end::crashed:
    case probe_end::timed_out:
      set_lost(entry, result);
      return;
    case probe_end::garbled:
      set_failed(entry, fmt::format("The answer of the plugin '{}' cannot be used: {}.", entry.facts.name,
                                    result.why));
      return;
    case probe_end::not_started:
      set_failed(entry, result.why);
      return;
  }
  if (result.report.verdict == probe_verdict::answered) {
    set_answered(entry, result.report);
  } else if (result.report.verdict == probe_verdict::refused) {
    set_refused(entry, result.report.text);
  } else {
    set_failed(entry, result.report.text);
  }
}

const plugin_module &catalog::load(catalog_entry &entry, const log_function &log) {
  if (entry.module == nullptr) {
    auto module = plugin_module::load(entry.manifest, entry.facts.library, log);
    module->probe();
    entry.module = std::move(module);
  }
  return *entry.module;
}

device_info catalog::as_loaded(const catalog_entry &entry, const device_info &info) {
  const auto describe = [&entry](std::uint32_t index) -> std::optional<device_info> {
    try {
      return devices::describe(entry.module->table(), index);
    } catch (const error &) {
      return std::nullopt;  // opening tells what is the matter
    }
  };
  const bool is_listed = std::any_of(
      entry.devices.begin(), entry.devices.end(),
      [&info](const device_info &one) { return one.index == info.index && is_same_device(one, info); });
  const auto there = describe(info.index);
  if (!is_listed || !there || is_same_device(*there, info)) return info;
  // The plugin counts otherwise than it did in the child: a device came or went in between.
  for (std::uint32_t index = 0; index < most_devices; ++index) {
    const auto other = describe(index);
    if (!other) break;
    if (is_same_device(*other, info)) return *other;
  }
  throw error(status::device_lost,
              fmt::format("{} is no longer what it was when it was listed ('{}'); now '{}' is there. "
                          "Look again.",
                          info.selector(), info.name, there->name),
              info.selector());
}

}  // namespace hal::rt
