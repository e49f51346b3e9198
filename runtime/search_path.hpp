// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/runtime.hpp"

namespace hal::rt {

struct search_folder {
  std::filesystem::path path;
  std::string origin;  // in words: "HAL_PLUGIN_PATH", "installed"
};

// In order: the caller's folders, HAL_PLUGIN_PATH (separated by colons; relative and empty parts are ignored,
// so that the current directory never counts), then what belongs to this library: the folder it was installed
// with, or the build tree that it was built in.
// Throws hal::error, invalid_argument, for an empty folder of the caller's.
std::vector<search_folder> search_path(const runtime_options &options);

// The folder that holds the library itself; empty when the dynamic linker does not tell.
std::filesystem::path library_folder();

// Manifests (*.json) of a folder and of its folders, one level deep, sorted by path. A folder that is not
// there has none. What cannot be read is told in `warnings`.
std::vector<std::filesystem::path> manifests_in(const search_folder &folder,
                                                std::vector<std::string> &warnings);

}  // namespace hal::rt
