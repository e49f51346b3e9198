// A directory with made-up files of /proc and /sys, gone at the end of the test.
#pragma once

#include <stdlib.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "plugins/host/files.hpp"

namespace hal::plugins::host {

class fixture_tree {
 public:
  fixture_tree() {
    std::string name = (std::filesystem::temp_directory_path() / "hal-host-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~fixture_tree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  fixture_tree(const fixture_tree &) = delete;
  fixture_tree &operator=(const fixture_tree &) = delete;

  void write(std::string_view path, std::string_view content) const {
    const std::filesystem::path file = root_.string() + std::string(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

  file_tree files() const { return file_tree(root_.string()); }

 private:
  std::filesystem::path root_;
};

}  // namespace hal::plugins::host
