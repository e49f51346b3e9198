#include "runtime/probe_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "runtime/probe_report.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view magic = "HAL probe cache 1\n";
constexpr std::size_t most_key_bytes = std::size_t{1} << 20;
constexpr std::size_t most_file_bytes = most_report_bytes + most_key_bytes + 256;

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

// This user's, and nobody else may write it.
bool is_own(const struct stat &facts) {
  return facts.st_uid == ::geteuid() && (facts.st_mode & 022) == 0;
}

descriptor open_folder(const fs::path &folder) {
  return descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_own_folder(const descriptor &folder) {
  struct stat facts {};
  return folder && ::fstat(folder.get(), &facts) == 0 && is_own(facts);
}

void put_number(std::string &bytes, std::uint64_t value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}

std::optional<std::uint64_t> take_number(std::string_view &bytes) {
  std::uint64_t value = 0;
  if (bytes.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

std::optional<std::string> read_whole(int file, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t came = ::read(file, bytes.data() + done, size - done);
    if (came < 0 && errno == EINTR) continue;
    if (came <= 0) return std::nullopt;
    done += static_cast<std::size_t>(came);
  }
  return bytes;
}

bool write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Every folder that lacks, the last one for this user only.
void make_folder(const fs::path &folder) {
  std::error_code ignored;
  fs::create_directories(folder.parent_path(), ignored);
  ::mkdir(folder.c_str(), 0700);
}

}  // namespace

std::uint64_t fingerprint(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::optional<std::string> probe_cache::find(const std::string &name, std::string_view key) const {
  if (folder_.empty() || !is_own_folder(open_folder(folder_))) return std::nullopt;
  const descriptor opened(::open(file(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts {};
  if (!opened || ::fstat(opened.get(), &facts) != 0 || !S_ISREG(facts.st_mode) || !is_own(facts))
    return std::nullopt;
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > most_file_bytes) return std::nullopt;
  const std::optional<std::string> whole = read_whole(opened.get(), size);
  if (!whole || !whole->starts_with(magic) || size < magic.size() + sizeof(std::uint64_t))
    return std::nullopt;
  std::string_view sum = std::string_view(*whole).substr(size - sizeof(std::uint64_t));
  if (take_number(sum) != fingerprint(std::string_view(*whole).substr(0, size - sizeof(std::uint64_t))))
    return std::nullopt;
  std::string_view rest = std::string_view(*whole).substr(magic.size());
  rest.remove_suffix(sizeof(std::uint64_t));
  const auto key_size = take_number(rest);
  if (!key_size || *key_size > rest.size() || rest.substr(0, *key_size) != key) return std::nullopt;
  return std::string(rest.substr(*key_size));
}

void probe_cache::keep(const std::string &name, std::string_view key, std::string_view bytes) const {
  if (folder_.empty() || key.size() > most_key_bytes || bytes.size() > most_report_bytes) return;
  make_folder(folder_);
  if (!is_own_folder(open_folder(folder_))) return;
  std::string whole(magic);
  put_number(whole, key.size());
  whole.append(key).append(bytes);
  put_number(whole, fingerprint(whole));
  std::string fresh = (folder_ / (name + ".XXXXXX")).string();
  const descriptor opened(::mkostemp(fresh.data(), O_CLOEXEC));  // for this user only
  if (!opened) return;
  // Half a file is worse than none: a full disk shows when it is written or when it is flushed by close.
  if (!write_whole(opened.get(), whole) || ::rename(fresh.c_str(), file(name).c_str()) != 0)
    ::unlink(fresh.c_str());
}

}  // namespace hal::rt
