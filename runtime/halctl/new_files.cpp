#include "runtime/halctl/new_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <deque>
#include <span>

#include "runtime/whole_file.hpp"

namespace hal::ctl {

void write_new_files(const std::filesystem::path &folder, const std::map<std::string, std::string> &files) {
  std::deque<rt::whole_file> fresh;
  for (const auto &[name, content] : files)
    fresh.emplace_back(folder / name, 0644).write(std::as_bytes(std::span(content)));
  for (rt::whole_file &file : fresh) file.put_in_place();
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;  // may be written and not read; the files are there
  ::fsync(opened);
  ::close(opened);
}

}  // namespace hal::ctl
