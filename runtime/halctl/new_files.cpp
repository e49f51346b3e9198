#include "runtime/halctl/new_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include "hal/error.hpp"

namespace hal::ctl {
namespace {

[[noreturn]] void fail(const std::string &file, const char *what) {
  const int code = errno;
  const status kind = code == EACCES || code == EPERM ? status::permission_denied : status::unavailable;
  throw error(kind,
              fmt::format("'{}' could not be {}: {}.", file, what, std::generic_category().message(code)), {},
              code);
}

// A file beside its place, gone with the object unless it was moved there.
class fresh_file {
 public:
  fresh_file(const std::filesystem::path &folder, const std::string &name)
      : target_((folder / name).string()), path_((folder / ("." + name + ".XXXXXX")).string()) {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail(target_, "created");
  }
  fresh_file(fresh_file &&other) noexcept
      : target_(std::move(other.target_)),
        path_(std::exchange(other.path_, {})),
        descriptor_(std::exchange(other.descriptor_, -1)) {}
  fresh_file &operator=(fresh_file &&) = delete;
  ~fresh_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t count = ::write(descriptor_, content.data(), content.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(target_, "written");
      content.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fchmod(descriptor_, 0644) != 0 || ::fsync(descriptor_) != 0) fail(target_, "written");
  }

  void move_into_place() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "put into its place");
    path_.clear();
  }

 private:
  std::string target_;
  std::string path_;  // empty: moved
  int descriptor_ = -1;
};

}  // namespace

void write_new_files(const std::filesystem::path &folder, const std::map<std::string, std::string> &files) {
  std::vector<fresh_file> fresh;
  for (const auto &[name, content] : files) {
    fresh.emplace_back(folder, name);
    fresh.back().write(content);
  }
  for (fresh_file &file : fresh) file.move_into_place();
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;  // may be written and not read; the files are there
  ::fsync(opened);
  ::close(opened);
}

}  // namespace hal::ctl
