#include "discovery/sysfs_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

namespace hal::discovery::sysfs {
namespace {

constexpr std::size_t longest_line = 255;

attribute failed(int code) {
  return {std::nullopt, error_text(code), code == ENOENT};
}

std::string_view without_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(std::string_view("\0 \t\r\n", 5));
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// O_NONBLOCK: a FIFO reads as empty. A directory fails with EISDIR.
attribute read(int directory, const char *name, std::size_t most_read, std::size_t most) {
  const descriptor file(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failed(errno);
  std::array<char, one_page + 1> small;
  std::string large;
  if (most_read >= small.size()) large.resize(most_read + 1);
  char *const bytes = large.empty() ? small.data() : large.data();
  std::size_t length = 0;
  while (length <= most_read) {
    const ssize_t count = ::read(file.get(), bytes + length, most_read + 1 - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {std::nullopt, error_text(errno), false};
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  const std::string_view text = without_end({bytes, length});
  if (length > most_read || text.size() > most) {
    return {std::nullopt, "longer than " + std::to_string(most) + " bytes", false};
  }
  if (text.empty()) return {std::nullopt, "empty", false};
  return {std::string(text), {}, false};
}

}  // namespace

descriptor::~descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

descriptor &descriptor::operator=(descriptor &&other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::string error_text(int code) {
  return std::generic_category().message(code);
}

descriptor open_directory(int at, const char *name) noexcept {
  return descriptor(::openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
}

attribute read_attribute(int directory, const char *name) {
  return read(directory, name, one_page, longest_line);
}

attribute read_text(int directory, const char *name, std::size_t most) {
  return read(directory, name, most, most);
}

link_target read_link(int directory, const char *name) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::readlinkat(directory, name, buffer.data(), buffer.size());
  if (count < 0) return {std::nullopt, errno == ENOENT, errno == EINVAL ? "not a link" : error_text(errno)};
  if (count == 0 || static_cast<std::size_t>(count) == buffer.size())
    return {std::nullopt, false, "a damaged link"};
  return {std::string(buffer.data(), static_cast<std::size_t>(count)), false, {}};
}

std::optional<std::string> last_component(std::string_view path, std::string_view parent) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view last = path.substr(slash + 1);
  path = path.substr(0, slash);
  const std::size_t before = path.rfind('/');
  const std::string_view above = before == std::string_view::npos ? path : path.substr(before + 1);
  if (!is_plain_word(last) || (!parent.empty() && above != parent)) return std::nullopt;
  return std::string(last);
}

names list_names(int at, const char *directory, std::size_t most) {
  names list;
  const int fd = ::openat(at, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    list.error = errno;
    return list;
  }
  const auto close = [](DIR *stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(fd), close);
  if (!stream) {
    list.error = errno;
    ::close(fd);
    return list;
  }
  list.opened = true;
  while (list.found.size() < most) {
    errno = 0;
    const dirent *const entry = ::readdir(stream.get());
    if (!entry) {
      list.error = errno;
      break;
    }
    if (entry->d_name[0] != '.') list.found.emplace_back(entry->d_name);
  }
  return list;
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace hal::discovery::sysfs
