// A machine that stands in an archive, as tar and `halctl capture` write it.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/recording/recording.hpp"

namespace hal::ctl {

// Unpacked into a folder that only this user may enter and that goes with the object. Nothing in the archive
// reaches beyond it: links are made to stay inside as if the folder were the root of all files.
class unpacked_machine {
 public:
  // Throws hal::error, invalid_argument with a sentence, for what is no archive, is damaged, holds an
  // absolute path, "..", a device, a FIFO or a hard link, or is larger than a machine's description can be.
  explicit unpacked_machine(const std::filesystem::path &archive);
  unpacked_machine(const unpacked_machine &) = delete;
  unpacked_machine &operator=(const unpacked_machine &) = delete;
  ~unpacked_machine();

  const std::filesystem::path &folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_;
};

// Writes a tar archive, compressed as the end of its name says (.gz, .bz2, .xz, .zst, .tgz); the file appears
// whole or not at all and replaces an older one. Throws hal::error.
void write_archive(const std::filesystem::path &file, const rt::recording &machine);

}  // namespace hal::ctl
