#include "runtime/machine_layout.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr int deepest = 8;
constexpr std::size_t most_folders = 4096;

bool is_folder(const fs::path &path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

machine_layout tree_at(const fs::path &root) {
  return {root, root / "sys/class/drm", root / "sys/class/accel", root / "sys/class/kfd/kfd/topology/nodes"};
}

bool is_card(const fs::path &folder) {
  const std::string name = folder.filename().string();
  return name.starts_with("card") && name.find('-') == std::string::npos && is_folder(folder / "device");
}

bool is_nodes(const fs::path &folder) {
  std::error_code ignored;
  return folder.filename() == "nodes" && fs::is_regular_file(folder / "0/properties", ignored);
}

// Sorted, so that the same folder is found everywhere; links are not followed.
std::vector<fs::path> folders_in(const fs::path &folder) {
  std::vector<fs::path> all;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (at->is_directory(ignored) && !at->is_symlink(ignored)) all.push_back(at->path());
    if (all.size() == most_folders) break;
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

machine_layout layout_of(const fs::path &folder) {
  if (is_folder(folder / "sys") || is_folder(folder / "proc")) return tree_at(folder);
  if (is_nodes(folder)) return {{}, {}, {}, folder};
  std::vector<fs::path> level = {folder};
  std::size_t visited = 0;
  for (int depth = 0; depth < deepest && !level.empty(); ++depth) {
    std::vector<fs::path> below;
    for (const fs::path &one : level) {
      if (++visited > most_folders) return tree_at(folder);
      for (const fs::path &child : folders_in(one)) {
        if (child.filename() == "sys") return tree_at(one);
        if (is_card(child)) return {{}, one, {}, {}};
        if (is_nodes(child)) return {{}, {}, {}, child};
        below.push_back(child);
      }
    }
    level = std::move(below);
  }
  return tree_at(folder);
}

}  // namespace hal::rt
