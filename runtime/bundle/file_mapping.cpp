#include "runtime/bundle/file_mapping.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

status status_of(int code) {
  if (code == ENOENT || code == ENOTDIR) return status::not_found;
  if (code == EACCES || code == EPERM) return status::permission_denied;
  if (code == ENOMEM) return status::out_of_host_memory;
  return status::unavailable;
}

[[noreturn]] void fail(const std::filesystem::path &file, const char *what, int code) {
  throw error(status_of(code), fmt::format("The file '{}' cannot be {}: {}.", file.string(), what,
                                           std::generic_category().message(code)));
}

}  // namespace

file_mapping::file_mapping(const std::filesystem::path &file) {
  // O_NONBLOCK: a FIFO must not hold the caller.
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) fail(file, "opened", errno);
  struct closer {
    int descriptor;
    ~closer() { close(descriptor); }
  } const closing{descriptor};
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0) fail(file, "read", errno);
  if (!S_ISREG(facts.st_mode)) {
    throw error(status::invalid_module, fmt::format("'{}' is no plain file.", file.string()));
  }
  if (facts.st_size == 0) return;
  void *mapped =
      mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) fail(file, "mapped", errno);
  data_ = static_cast<const std::byte *>(mapped);
  size_ = static_cast<std::size_t>(facts.st_size);
}

file_mapping::~file_mapping() {
  if (data_ != nullptr) munmap(const_cast<std::byte *>(data_), size_);
}

}  // namespace hal::rt
