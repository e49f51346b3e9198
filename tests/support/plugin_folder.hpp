// Folders with manifests and fixture plugins (tests/fixtures/plugins), made for one test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "hal/runtime.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace hal::test {

// The shared object of a fixture as it was built.
std::filesystem::path fixture_library(std::string_view name);

// {"name": ..., "library": ..., "abi": {"major": 1}, "match": [{"any": true}]}; `more` is appended inside the
// braces.
std::string manifest_text(std::string_view name, std::string_view library, std::string_view more = {});

class plugin_folder {
 public:
  const std::filesystem::path &path() const noexcept { return directory_.path(); }
  std::filesystem::path manifest(std::string_view name) const;
  std::filesystem::path library(std::string_view name) const;

  // A fixture with a manifest of the same name, both in this folder. The shared object is a link to what was
  // built, so that a fixture is loaded once however many tests use it.
  void add(std::string_view fixture) const;
  // The same with a copy, for what is about to be damaged or must not be found where it was built.
  void add_copy(std::string_view fixture) const;
  // A manifest alone.
  void add_manifest(std::string_view name, std::string_view text) const;

  // Lets other users read the folder: it is this user's alone at first.
  void open_to_everybody() const;

  // A runtime that knows this folder and nothing else, and keeps nothing.
  runtime_options options() const;

 private:
  temporary_directory directory_;
};

// The entry of that name in the listing; REQUIREs that there is one.
const plugin_entry &find_plugin(const inventory &listing, std::string_view name);

// How many devices of the listing this plugin drives.
std::size_t devices_of(const inventory &listing, std::string_view plugin);

}  // namespace hal::test
