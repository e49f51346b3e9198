#include "runtime/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

std::string temporary_name(const std::filesystem::path &file) {
  static std::atomic<unsigned> number{0};
  return fmt::format("{}.{}.{}.part", file.string(), getpid(), number.fetch_add(1));
}

// A file without a name is gone by itself when the process ends before it has one. -1 where the file system
// has no such files, and where /proc is not there to give it one.
int open_nameless(const std::filesystem::path &file, unsigned mode) {
  if (access("/proc/self/fd", X_OK) != 0) return -1;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  return open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
}

bool give_name(int descriptor, const std::string &name) {
  const std::string nameless = fmt::format("/proc/self/fd/{}", descriptor);
  return linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

whole_file::whole_file(std::filesystem::path target, unsigned mode) : target_(std::move(target)) {
  descriptor_ = open_nameless(target_, mode);
  if (descriptor_ >= 0) return;
  std::string name = temporary_name(target_);
  descriptor_ = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor_ < 0) fail(errno);
  temporary_ = std::move(name);
}

whole_file::~whole_file() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void whole_file::fail(int code) const {
  throw error(
      code == EACCES || code == EPERM || code == EROFS ? status::permission_denied : status::unavailable,
      fmt::format("The file '{}' cannot be written: {}.", target_.string(),
                  std::generic_category().message(code)),
      {}, code);
}

void whole_file::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) fail(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
}

void whole_file::put_in_place() {
  // EINVAL: a file system that does not keep things.
  if (fsync(descriptor_) != 0 && errno != EINVAL) fail(errno);
  if (temporary_.empty()) {
    if (give_name(descriptor_, target_.string())) return;
    // Nothing takes a file's place without a name of its own first.
    std::string name = temporary_name(target_);
    if (errno != EEXIST || !give_name(descriptor_, name)) fail(errno);
    temporary_ = std::move(name);
  }
  if (rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

void write_whole_file(const std::filesystem::path &file, std::span<const std::byte> bytes, unsigned mode) {
  whole_file made(file, mode);
  made.write(bytes);
  made.put_in_place();
}

}  // namespace hal::rt
