#include "tests/support/plugin_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace hal::test {
namespace fs = std::filesystem;

fs::path fixture_library(std::string_view name) {
  const fs::path built = HAL_TEST_FIXTURES;
  const fs::path file = std::string(name) + ".so";
  return name == "null" ? built / "null" / file : built / file;
}

std::string manifest_text(std::string_view name, std::string_view library, std::string_view more) {
  return fmt::format(
      R"({{"name": "{}", "version": "1", "library": "{}", "abi": {{"major": 1}}, "match": [{{"any": true}}]{}}})",
      name, library, more);
}

fs::path plugin_folder::manifest(std::string_view name) const {
  return path() / (std::string(name) + ".json");
}
fs::path plugin_folder::library(std::string_view name) const {
  return path() / (std::string(name) + ".so");
}

void plugin_folder::add(std::string_view fixture) const {
  add_manifest(fixture, manifest_text(fixture, library(fixture).filename().string()));
  fs::create_symlink(fixture_library(fixture), library(fixture));
}

void plugin_folder::add_copy(std::string_view fixture) const {
  add_manifest(fixture, manifest_text(fixture, library(fixture).filename().string()));
  fs::copy_file(fixture_library(fixture), library(fixture));
}

void plugin_folder::add_manifest(std::string_view name, std::string_view text) const {
  write_file(manifest(name), text);
}

void plugin_folder::open_to_everybody() const {
  fs::permissions(path(), static_cast<fs::perms>(0755));
}

runtime_options plugin_folder::options() const {
  runtime_options options;
  options.plugin_path = {path()};
  options.only_plugin_path = true;
  options.plugins = "";
  options.probe_deadline = std::chrono::minutes{2};  // for slow machines; a test of the deadline sets its own
  options.cache = false;
  return options;
}

const plugin_entry &find_plugin(const inventory &listing, std::string_view name) {
  const auto found = std::find_if(listing.plugins.begin(), listing.plugins.end(),
                                  [name](const plugin_entry &entry) { return entry.name == name; });
  const bool listed = found != listing.plugins.end();
  REQUIRE_MESSAGE(listed, "no plugin named " << std::string(name));
  return *found;
}

std::size_t devices_of(const inventory &listing, std::string_view plugin) {
  return static_cast<std::size_t>(
      std::count_if(listing.devices.begin(), listing.devices.end(), [plugin](const device_entry &entry) {
        return std::any_of(entry.ways_in.begin(), entry.ways_in.end(),
                           [plugin](const device_info &info) { return info.plugin == plugin; });
      }));
}

}  // namespace hal::test
