#include "runtime/cache_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const noexcept { return number_ >= 0; }
  int get() const noexcept { return number_; }

 private:
  int number_;
};

bool is_own(const struct stat &facts) {
  return facts.st_uid == ::geteuid() && (facts.st_mode & 022) == 0;
}

}  // namespace

bool is_own_folder(const fs::path &folder) {
  const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  return opened && ::fstat(opened.get(), &facts) == 0 && is_own(facts);
}

void make_own_folder(const fs::path &folder) {
  std::error_code ignored;
  fs::create_directories(folder.parent_path(), ignored);
  ::mkdir(folder.c_str(), 0700);
}

std::optional<std::string> read_own_file(const fs::path &file, std::size_t most, bool used) {
  const descriptor opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts {};
  if (!opened || ::fstat(opened.get(), &facts) != 0 || !S_ISREG(facts.st_mode) || !is_own(facts))
    return std::nullopt;
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > most) return std::nullopt;
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t came = ::read(opened.get(), bytes.data() + done, size - done);
    if (came < 0 && errno == EINTR) continue;
    if (came <= 0) return std::nullopt;
    done += static_cast<std::size_t>(came);
  }
  if (used) ::futimens(opened.get(), nullptr);
  return bytes;
}

}  // namespace hal::rt
