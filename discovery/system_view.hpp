// The system as the checks see it: this one, or a folder with another one's files.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hal::discovery {

struct system_view {
  std::filesystem::path root = "/";
  // Another machine's files: what is only true of a running system is not looked at.
  bool recorded = false;
  // The process's environment, as far as it may be trusted. Empty: nothing is set.
  std::function<std::optional<std::string>(const char *)> environment;
  // Whether this user may read and write the file, whose path is below the root. Empty: the system is asked.
  // Never opens it: that would wake a device.
  std::function<bool(const std::filesystem::path &)> may_use;

  // A path of that system as a path of this one.
  std::filesystem::path at(const std::filesystem::path &path) const {
    return root == "/" ? path : root / path.relative_path();
  }
  std::optional<std::string> variable(const std::string &name) const {
    return environment ? environment(name.c_str()) : std::nullopt;
  }
};

// The beginning of a text file, at most 64 KiB; empty when it cannot be read.
std::string small_file(const std::filesystem::path &file);

// Files that a pattern names ("/dev/nvidia*", wildcards in the last part only), as paths of that system,
// sorted.
std::vector<std::filesystem::path> matching_files(const system_view &system, const std::string &pattern);

}  // namespace hal::discovery
