#include "runtime/search_path.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/environment.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

void add_environment(std::vector<search_folder> &folders) {
  const auto variable = environment("HAL_PLUGIN_PATH");
  if (!variable) return;
  const std::string_view all = *variable;
  for (std::size_t begin = 0; begin <= all.size();) {
    const std::size_t end = std::min(all.find(':', begin), all.size());
    const fs::path folder(all.substr(begin, end - begin));
    if (folder.is_absolute()) folders.push_back({folder, "HAL_PLUGIN_PATH"});
    begin = end + 1;
  }
}

void add_own(std::vector<search_folder> &folders) {
  const fs::path here = library_folder();
  if (here.empty()) return;
  std::error_code ignored;
  // A build tree has the library in runtime/ and the plugins beside that; an installation has
  // lib/hal/plugins.
  if (here.filename() == "runtime" && fs::exists(here.parent_path() / "meson-info", ignored)) {
    folders.push_back({here.parent_path() / "plugins", "build tree"});
  } else {
    folders.push_back({here / "hal" / "plugins", "installed"});
  }
}

void add_manifests(const fs::path &folder, int depth, std::vector<fs::path> &found,
                   std::vector<std::string> &warnings) {
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    std::error_code lost;
    const fs::file_status kind = entry->status(lost);
    const bool is_manifest = entry->path().extension() == ".json";
    if (is_manifest && fs::is_regular_file(kind)) {
      found.push_back(entry->path());
    } else if (depth > 0 && fs::is_directory(kind)) {
      add_manifests(entry->path(), depth - 1, found, warnings);
    } else if (is_manifest && lost) {
      warnings.push_back(
          fmt::format("The manifest {} cannot be read: {}.", entry->path().string(), lost.message()));
    }
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    warnings.push_back(
        fmt::format("The plugin folder {} cannot be read: {}.", folder.string(), code.message()));
  }
}

}  // namespace

fs::path library_folder() {
  Dl_info self{};
  if (::dladdr(reinterpret_cast<const void *>(&library_folder), &self) == 0 || self.dli_fname == nullptr)
    return {};
  std::error_code code;
  const fs::path file = fs::canonical(self.dli_fname, code);
  return code ? fs::path() : file.parent_path();
}

std::vector<search_folder> search_path(const runtime_options &options) {
  std::vector<search_folder> folders;
  for (const fs::path &folder : options.plugin_path) {
    if (folder.empty()) {
      throw error(status::invalid_argument,
                  "A folder of runtime_options::plugin_path is empty; the current folder is called '.'.");
    }
    std::error_code code;
    folders.push_back({fs::absolute(folder, code), "given"});
    if (code) {
      throw error(status::unavailable,
                  fmt::format("The plugin folder {} cannot be found from the current folder: {}.",
                              folder.string(), code.message()));
    }
  }
  if (options.only_plugin_path) return folders;
  add_environment(folders);
  add_own(folders);
  return folders;
}

std::vector<fs::path> manifests_in(const search_folder &folder, std::vector<std::string> &warnings) {
  std::vector<fs::path> found;
  add_manifests(folder.path, 1, found, warnings);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace hal::rt
