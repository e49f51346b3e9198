#include "plugins/host/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace hal::plugins::host {

std::optional<std::string> file_tree::text(std::string_view path, std::size_t most) const {
  const int file = open((root_ + std::string(path)).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::string read_so_far;
  ssize_t got = 0;
  do {
    const std::size_t old = read_so_far.size();
    const std::size_t step = std::min<std::size_t>(most - old, 4096);
    read_so_far.resize(old + step);
    got = step == 0 ? 0 : read(file, read_so_far.data() + old, step);
    read_so_far.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  } while (got > 0);
  close(file);
  if (got < 0) return {};
  read_so_far.resize(read_so_far.find_last_not_of(std::string_view(" \t\n\r\0", 5)) + 1);
  return read_so_far;
}

std::optional<std::uint64_t> file_tree::number(std::string_view path) const {
  const auto content = text(path, 64);
  return content ? parse_number(*content) : std::nullopt;
}

std::vector<std::string> file_tree::names(std::string_view path) const {
  std::vector<std::string> found;
  DIR *directory = opendir((root_ + std::string(path)).c_str());
  if (directory == nullptr) return found;
  while (const dirent *entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") found.emplace_back(name);
  }
  closedir(directory);
  std::sort(found.begin(), found.end());
  return found;
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  text = trimmed(text);
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return {};
  return value;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  for (std::string_view line : lines_of(text)) {
    if (line.substr(0, key.size()) != key) continue;
    line.remove_prefix(key.size());
    if (line.empty() || std::string_view(" \t:").find(line.front()) == std::string_view::npos) continue;
    const std::size_t begin = line.find_first_not_of(" \t:");
    return begin == std::string_view::npos ? std::string_view() : trimmed(line.substr(begin));
  }
  return {};
}

}  // namespace hal::plugins::host
