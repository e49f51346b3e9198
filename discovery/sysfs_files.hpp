// Files of sysfs and of recorded trees, read with nothing but the C library. Nothing here throws but
// std::bad_alloc, blocks (FIFOs), reads without end or follows a damaged tree into trouble.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hal::discovery::sysfs {

class descriptor {
 public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor &&other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  descriptor &operator=(descriptor &&other) noexcept;
  ~descriptor();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// "No such file or directory"
std::string error_text(int code);

// Invalid when it is no directory or cannot be opened; errno then says why. `at` may be AT_FDCWD.
descriptor open_directory(int at, const char *name) noexcept;

struct attribute {
  std::optional<std::string> text;  // without white space at the end; never empty
  std::string why;                  // set when there is no text
  bool absent = false;              // no such file: for many attributes an ordinary answer
};

constexpr std::size_t one_page = 4096;  // sysfs writes no more into one attribute

// An attribute of one line is a few dozen bytes; what is longer than 255 is damage. Bytes 0 at the end, which
// archives of sysfs have, do not count.
attribute read_attribute(int directory, const char *name);

// Of several lines: at most `most` bytes.
attribute read_text(int directory, const char *name, std::size_t most = one_page);

struct link_target {
  std::optional<std::string> path;
  bool absent = false;
  std::string why;
};
link_target read_link(int directory, const char *name);

// The last component of a path, if the one before it is `parent` ("" for any).
std::optional<std::string> last_component(std::string_view path, std::string_view parent);

// Names in a directory without those that begin with a dot, in no order; at most `most`.
struct names {
  std::vector<std::string> found;
  int error = 0;  // errno where it could not be opened, or not be read to its end
  bool opened = false;
};
names list_names(int at, const char *directory, std::size_t most);

// Printable and without blanks.
bool is_plain_word(std::string_view text);

// The whole text, as the kernel writes numbers: decimal or 0x...; nothing for anything else or above `most`.
template <typename Integer>
std::optional<Integer> parse_number(std::string_view text, Integer most, int base = 10) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  Integer value = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end || value > most) return std::nullopt;
  return value;
}

}  // namespace hal::discovery::sysfs
