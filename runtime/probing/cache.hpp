// What plugins told, kept in the user's cache folder for the next process. docs/probing.md has the whole
// story.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hal::rt {

// One file for each plugin's manifest. A file counts only when it is this user's own plain file, whole, of
// this format, and kept under exactly the same key: then nothing changed that could change the answer.
// Whatever is wrong with the folder or a file means that nothing is kept; nothing throws but std::bad_alloc.
class probe_cache {
 public:
  // An empty folder keeps nothing.
  explicit probe_cache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // `name` becomes part of the file's name.
  std::optional<std::string> find(const std::string &name, std::string_view key) const;
  // Whole or not at all, whoever else writes it at the same time. Makes the folder, for this user only.
  void keep(const std::string &name, std::string_view key, std::string_view bytes) const;

 private:
  std::filesystem::path file(const std::string &name) const { return folder_ / (name + ".probe"); }

  std::filesystem::path folder_;
};

// Two texts that differ have, but for an accident, different numbers. No defence against intent.
std::uint64_t fingerprint(std::string_view text) noexcept;

}  // namespace hal::rt
