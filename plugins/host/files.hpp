// Small files of /proc, /sys and /etc, below a root that tests replace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hal::plugins::host {

// Cheap to copy and without state: every read looks anew.
class file_tree {
 public:
  // "" is the machine itself; anything else is a directory that holds proc, sys and etc.
  explicit file_tree(std::string root = {}) : root_(std::move(root)) {}

  bool is_machine() const noexcept { return root_.empty(); }

  // The first `most` bytes of a file, without white space at the end; nothing when it cannot be read. `path`
  // begins with a slash.
  std::optional<std::string> text(std::string_view path, std::size_t most = std::size_t{64} << 10) const;
  // A file that holds one unsigned decimal number.
  std::optional<std::uint64_t> number(std::string_view path) const;
  // Names in a directory, sorted; empty when there is none.
  std::vector<std::string> names(std::string_view path) const;

 private:
  std::string root_;
};

// An unsigned decimal number that is all of `text`, but for white space around it.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

// The lines of `text`, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

// Without white space around it.
std::string_view trimmed(std::string_view text) noexcept;

// The value of "key : value" or "key value" on a line of its own; the first one counts.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key);

}  // namespace hal::plugins::host
