#include "runtime/object_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

#include "hal/error.hpp"
#include "hal/plugin/elf_image.hpp"

namespace hal::rt {
namespace {

[[noreturn]] void refuse(const std::filesystem::path &file, const std::string &why) {
  throw error(status::unavailable, fmt::format("{} cannot be loaded: {}.", file.string(), why));
}

std::string error_text(int code) {
  return std::generic_category().message(code);
}

class descriptor {
 public:
  // Without waiting: a FIFO has nobody at its other end.
  explicit descriptor(const char *file) noexcept : fd_(::open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class mapped_file {
 public:
  mapped_file(int fd, std::size_t size) noexcept : size_(size) {
    if (size_ > 0) bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  mapped_file(const mapped_file &) = delete;
  mapped_file &operator=(const mapped_file &) = delete;
  ~mapped_file() {
    if (*this) ::munmap(bytes_, size_);
  }
  explicit operator bool() const noexcept { return bytes_ != nullptr && bytes_ != MAP_FAILED; }
  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte *>(bytes_), size_};
  }

 private:
  void *bytes_ = nullptr;
  std::size_t size_;
};

}  // namespace

void check_object_file(const std::filesystem::path &file) {
  const descriptor opened(file.c_str());
  if (opened.get() < 0) refuse(file, error_text(errno));
  struct stat facts {};
  if (::fstat(opened.get(), &facts) != 0) refuse(file, error_text(errno));
  if (S_ISDIR(facts.st_mode)) refuse(file, "it is a directory");
  if (!S_ISREG(facts.st_mode)) refuse(file, "it is not a plain file");
  const mapped_file image(opened.get(), static_cast<std::size_t>(facts.st_size));
  if (facts.st_size > 0 && !image) refuse(file, error_text(errno));
  const std::string fault = plugin::elf_fault(image ? image.bytes() : std::span<const std::byte>());
  if (!fault.empty()) refuse(file, fault);
}

}  // namespace hal::rt
