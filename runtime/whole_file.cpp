#include "runtime/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

// An errno, 0 for success.
int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return fsync(file) == 0 || errno == EINVAL ? 0 : errno;
}

std::string temporary_name(const std::filesystem::path &file) {
  static std::atomic<unsigned> number{0};
  return fmt::format("{}.{}.{}.part", file.string(), getpid(), number.fetch_add(1));
}

// The file without a name, which is gone by itself when the process ends before it has one. -1 where the file
// system has no such files.
int open_nameless(const std::filesystem::path &file, unsigned mode) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  return open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
}

bool give_name(int descriptor, const std::string &name) {
  const std::string nameless = fmt::format("/proc/self/fd/{}", descriptor);
  return linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

// True: the file is there.
bool write_nameless(const std::filesystem::path &file, const std::string &temporary,
                    std::span<const std::byte> bytes, unsigned mode) {
  const int descriptor = open_nameless(file, mode);
  if (descriptor < 0) return false;
  bool done = write_all(descriptor, bytes) == 0;
  // Nothing takes a file's place without a name of its own first.
  if (done && !give_name(descriptor, file.string())) {
    done = errno == EEXIST && give_name(descriptor, temporary);
    if (done && rename(temporary.c_str(), file.c_str()) != 0) {
      unlink(temporary.c_str());
      done = false;
    }
  }
  close(descriptor);
  return done;
}

}  // namespace

void write_whole_file(const std::filesystem::path &file, std::span<const std::byte> bytes, unsigned mode) {
  const std::string temporary = temporary_name(file);
  if (write_nameless(file, temporary, bytes, mode)) return;
  // The same with a name, which also tells what is wrong.
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  int code = descriptor < 0 ? errno : write_all(descriptor, bytes);
  if (descriptor >= 0) {
    if (close(descriptor) != 0 && code == 0) code = errno;
    if (code == 0 && rename(temporary.c_str(), file.c_str()) != 0) code = errno;
    if (code != 0) unlink(temporary.c_str());
  }
  if (code == 0) return;
  throw error(
      code == EACCES || code == EPERM || code == EROFS ? status::permission_denied : status::unavailable,
      fmt::format("The file '{}' cannot be written: {}.", file.string(),
                  std::generic_category().message(code)));
}

}  // namespace hal::rt
