// Files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace hal::rt {

// A file that is written out of sight and takes its place when it is complete. Until then, and when the
// process ends before, nothing is there. Everything throws hal::error, permission_denied or unavailable, with
// the system's words.
class whole_file {
 public:
  // `mode`: its permissions, less the process's umask.
  explicit whole_file(std::filesystem::path target, unsigned mode = 0666);
  whole_file(const whole_file &) = delete;
  whole_file &operator=(const whole_file &) = delete;
  ~whole_file();

  // For those who write by themselves; stays the object's.
  int descriptor() const noexcept { return descriptor_; }
  void write(std::span<const std::byte> bytes);
  // Nothing is written after this.
  void put_in_place();

 private:
  [[noreturn]] void fail(int code) const;

  std::filesystem::path target_;
  std::string temporary_;  // its name for as long as it is not in its place; empty: it has none
  int descriptor_ = -1;
};

void write_whole_file(const std::filesystem::path &file, std::span<const std::byte> bytes,
                      unsigned mode = 0666);

}  // namespace hal::rt
