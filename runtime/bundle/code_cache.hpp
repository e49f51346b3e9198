// What drivers compiled, kept in the user's cache folder for the next process. docs/cache.md has the whole
// story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/module.hpp"

namespace hal::rt {

// One file for each key. A file counts only when it is this user's own, whole, and kept under exactly this
// key; one that is damaged is removed. Whatever is wrong with the folder means that nothing is kept; nothing
// throws but std::bad_alloc. Safe from any thread and between processes: files appear whole and are never
// changed.
class code_cache {
 public:
  // In the folder `code` of the cache folder; an empty one keeps nothing.
  explicit code_cache(const std::filesystem::path &cache);

  explicit operator bool() const noexcept { return !folder_.empty(); }
  const std::filesystem::path &folder() const noexcept { return folder_; }

  // A hit counts as a use.
  std::optional<module_binary> find(std::string_view key) const;
  // Then removes what was not used for the longest time, until all is within the limit.
  void keep(std::string_view key, const module_binary &binary) const;
  void remove(std::string_view key) const;

  struct usage {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
  };
  usage used() const;
  // What was removed.
  usage clear() const;

  // Bytes of all files: HAL_CACHE_LIMIT, else what set_limit wrote, else 1 GiB. 0: nothing is kept.
  std::uint64_t limit() const;
  // Throws hal::error when it cannot be written.
  void set_limit(std::uint64_t bytes) const;

 private:
  std::filesystem::path file_of(std::string_view key) const;
  void make_room(std::uint64_t limit) const;

  std::filesystem::path cache_;
  std::filesystem::path folder_;
};

// Bytes: digits with or without KiB, MiB, GiB or TiB. Nothing when it is none.
std::optional<std::uint64_t> parse_limit(std::string_view text) noexcept;

}  // namespace hal::rt
