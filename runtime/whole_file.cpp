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

}  // namespace

void write_whole_file(const std::filesystem::path &file, std::span<const std::byte> bytes, unsigned mode) {
  const std::string temporary = temporary_name(file);
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
