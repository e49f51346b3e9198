#include "discovery/system_view.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace hal::discovery {
namespace fs = std::filesystem;

std::string small_file(const fs::path &file) {
  constexpr std::size_t most = std::size_t{64} << 10;
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0) return {};
  std::string text(most, '\0');
  std::size_t size = 0;
  while (size < most) {
    const ssize_t came = ::read(opened, text.data() + size, most - size);
    if (came < 0 && errno == EINTR) continue;
    if (came <= 0) break;
    size += static_cast<std::size_t>(came);
  }
  ::close(opened);
  text.resize(size);
  return text;
}

std::vector<fs::path> matching_files(const system_view &system, const std::string &pattern) {
  const fs::path whole(pattern);
  const std::string last = whole.filename().string();
  std::vector<fs::path> found;
  std::error_code code;
  fs::directory_iterator entry(system.at(whole.parent_path()), code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (::fnmatch(last.c_str(), name.c_str(), FNM_PERIOD) == 0) found.push_back(whole.parent_path() / name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace hal::discovery
