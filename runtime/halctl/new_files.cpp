#include "runtime/halctl/new_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <span>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/whole_file.hpp"

namespace hal::ctl {

void write_new_files(const std::filesystem::path &folder, const std::map<std::string, std::string> &files) {
  std::deque<rt::whole_file> fresh;
  for (const auto &[name, content] : files) {
    rt::whole_file &file = fresh.emplace_back(folder / name);
    file.write(std::as_bytes(std::span(content)));
    // For all to read, whatever the umask is.
    if (::fchmod(file.descriptor(), 0644) != 0) {
      throw error(status::unavailable, fmt::format("'{}' cannot be made readable for all: {}.", name,
                                                   std::generic_category().message(errno)));
    }
  }
  for (rt::whole_file &file : fresh) file.put_in_place();
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;  // may be written and not read; the files are there
  ::fsync(opened);
  ::close(opened);
}

}  // namespace hal::ctl
