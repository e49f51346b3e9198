// A folder for intermediate files that goes away with its owner.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hal::rt {

class work_folder {
 public:
  // Throws hal::error, unavailable.
  work_folder();
  work_folder(const work_folder &) = delete;
  work_folder &operator=(const work_folder &) = delete;
  ~work_folder();

  const std::filesystem::path &path() const noexcept { return path_; }
  // Both throw unavailable with the system's words.
  void write(const std::filesystem::path &name, std::string_view text) const;
  std::vector<std::byte> read(const std::filesystem::path &name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace hal::rt
