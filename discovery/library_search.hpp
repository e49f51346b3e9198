// Which file the dynamic linker would take for a library's name, found by its rules and without loading it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "discovery/manifest.hpp"
#include "discovery/system_view.hpp"

namespace hal::discovery {

class library_search {
 public:
  // Borrows the system. Its /etc/ld.so.cache is read when it is needed first: one thread at a time.
  explicit library_search(const system_view &system);

  // LD_LIBRARY_PATH, then the run path of whoever asks, then the linker's cache, then the folders that it
  // always searches; as a path of that system. Files of another machine are passed over.
  std::optional<std::filesystem::path> find(const std::string &name,
                                            const std::vector<std::string> &runpath = {}) const;

  // Whether the system has files in which libraries could be: a recorded machine may have none.
  bool can_tell() const;

 private:
  const std::vector<std::pair<std::string, std::string>> &cache() const;

  const system_view *system_;
  std::vector<std::string> first_;
  mutable std::optional<std::vector<std::pair<std::string, std::string>>> cache_;  // name, path
};

// What is wrong with one of a plugin's vendor libraries.
struct library_fault {
  enum class kind { not_found, unusable, too_old } what = kind::not_found;
  std::string detail;  // what is missing or damaged, or the version that is there
};

// Finds the library, walks what it needs, and compares its version, which its file name or its DT_SONAME
// tells, with the least one. Empty: nothing is wrong that can be seen. `runpath` is the plugin's.
std::optional<library_fault> check_library(const library_search &search, const system_view &system,
                                           const vendor_library &library,
                                           const std::vector<std::string> &runpath = {});

// The dotted numbers behind ".so." in a file's name: "535.104.05" of "libcuda.so.535.104.05"; empty: none.
std::string version_in(const std::string &file_name);
// By dotted numbers: whether `version` is older than `least`. What is no number counts as 0.
bool is_older(const std::string &version, const std::string &least);

}  // namespace hal::discovery
