#include "runtime/halctl/machine_archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "hal/error.hpp"

namespace hal::ctl {
namespace fs = std::filesystem;
namespace {

// Ten times what a tree of sysfs with every attribute of a large machine takes.
constexpr std::size_t most_entries = 1'000'000;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t largest_file = std::uint64_t{64} << 20;
constexpr const char *not_a_machine =
    "it is neither a folder, an archive of tar, nor what lspci -xxxx or lspci -nn prints";
constexpr std::size_t longest_path = 4096;

struct close_reader {
  void operator()(archive *reader) const noexcept { archive_read_free(reader); }
};
using reader_handle = std::unique_ptr<archive, close_reader>;

std::string text_of(archive *from) {
  const char *const text = archive_error_string(from);
  return text ? text : "it cannot be read";
}

[[noreturn]] void refuse(const fs::path &file, const std::string &why) {
  throw error(status::invalid_argument,
              fmt::format("The recorded machine '{}' cannot be used: {}.", file.string(), why));
}

[[noreturn]] void fail(const fs::path &file, int code) {
  throw error(status::resource_exhausted, fmt::format("'{}' cannot be written: {}.", file.string(),
                                                      std::generic_category().message(code)));
}

class unpacker {
 public:
  unpacker(const fs::path &file, const fs::path &into) : file_(file), into_(into) {}
  void run();

 private:
  fs::path place(archive_entry *entry) const;
  void make_folders(const fs::path &relative) const;
  void add(archive *from, archive_entry *entry);
  void write_file(archive *from, const fs::path &relative);
  void make_links() const;

  const fs::path &file_;
  const fs::path &into_;
  std::vector<std::pair<fs::path, std::string>> links_;  // made last: no file is written through one
  std::uint64_t bytes_ = 0;
};

// Where an entry goes, from the folder; "." for the folder itself.
fs::path unpacker::place(archive_entry *entry) const {
  const char *const name = archive_entry_pathname(entry);
  if (!name || !*name) refuse(file_, "an entry has no name");
  const std::string text = name;
  if (text.size() > longest_path) refuse(file_, "the name of an entry is longer than 4096 bytes");
  const fs::path path(text);
  if (path.is_absolute()) refuse(file_, fmt::format("it holds the absolute path {}", text));
  for (const fs::path &part : path) {
    if (part == "..") refuse(file_, fmt::format("it holds the path {}, which leads out of it", text));
  }
  fs::path place = path.lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  return place.empty() ? fs::path(".") : place;
}

void unpacker::make_folders(const fs::path &relative) const {
  std::error_code code;
  fs::create_directories(into_ / relative, code);
  if (!fs::is_directory(into_ / relative)) {
    refuse(file_, fmt::format("the folder {} cannot be made{}{}", relative.string(), code ? ": " : "",
                              code ? code.message() : ""));
  }
}

void unpacker::write_file(archive *from, const fs::path &relative) {
  make_folders(relative.parent_path());
  const fs::path path = into_ / relative;
  const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (out < 0) {
    refuse(file_, fmt::format("{} cannot be unpacked: {}", relative.string(),
                              std::generic_category().message(errno)));
  }
  const auto close = [](const int *fd) { ::close(*fd); };
  const std::unique_ptr<const int, decltype(close)> closes(&out, close);
  std::uint64_t length = 0;
  std::vector<char> block(65536);
  while (true) {
    const la_ssize_t count = archive_read_data(from, block.data(), block.size());
    if (count < 0) refuse(file_, text_of(from));
    if (count == 0) break;
    length += static_cast<std::uint64_t>(count);
    bytes_ += static_cast<std::uint64_t>(count);
    if (length > largest_file) refuse(file_, fmt::format("{} is larger than 64 MiB", relative.string()));
    if (bytes_ > most_bytes) refuse(file_, "it holds more than 1 GiB");
    for (la_ssize_t done = 0; done < count;) {
      const ssize_t some = ::write(out, block.data() + done, static_cast<std::size_t>(count - done));
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) fail(path, errno);
      done += some;
    }
  }
}

void unpacker::add(archive *from, archive_entry *entry) {
  const fs::path relative = place(entry);
  if (archive_entry_hardlink(entry)) {
    refuse(file_, fmt::format("it holds the hard link {}", relative.string()));
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      make_folders(relative);
      return;
    case AE_IFREG:
      write_file(from, relative);
      return;
    case AE_IFLNK:
      if (const char *const target = archive_entry_symlink(entry); target && *target) {
        links_.emplace_back(relative, target);
        return;
      }
      refuse(file_, fmt::format("the link {} leads nowhere", relative.string()));
    default:
      refuse(file_, fmt::format("{} is a device, a FIFO or a socket", relative.string()));
  }
}

// The target from where the link is, after ".." at the root that the folder stands for stayed there.
fs::path inside(const fs::path &link, const fs::path &target) {
  std::vector<fs::path> parts;
  const auto follow = [&parts](const fs::path &path) {
    for (const fs::path &part : path.relative_path()) {
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (!parts.empty()) {
        parts.pop_back();
      }
    }
  };
  if (!target.is_absolute()) follow(link.parent_path());
  follow(target);
  fs::path from_root;
  for (const fs::path &part : parts) from_root /= part;
  return (from_root.empty() ? fs::path(".") : from_root)
      .lexically_relative(link.parent_path().lexically_normal());
}

void unpacker::make_links() const {
  for (const auto &[link, target] : links_) {
    fs::path above = into_;
    for (const fs::path &part : link.parent_path()) {
      above /= part;
      if (fs::is_symlink(above)) refuse(file_, fmt::format("{} lies below a link", link.string()));
    }
    make_folders(link.parent_path());
    std::error_code code;
    fs::create_symlink(inside(link, target), into_ / link, code);
    if (code && code != std::errc::file_exists)
      refuse(file_, fmt::format("the link {} cannot be made: {}", link.string(), code.message()));
  }
}

void unpacker::run() {
  std::error_code ignored;
  if (!fs::is_regular_file(file_, ignored)) refuse(file_, not_a_machine);
  const reader_handle from(archive_read_new());
  if (!from)
    throw error(status::out_of_host_memory, "There is not enough memory to unpack the recorded machine.");
  // Only what libarchive does itself: others would start programs.
  archive_read_support_filter_gzip(from.get());
  archive_read_support_filter_bzip2(from.get());
  archive_read_support_filter_compress(from.get());
  archive_read_support_filter_lzma(from.get());
  archive_read_support_filter_xz(from.get());
  archive_read_support_filter_lz4(from.get());
  archive_read_support_filter_zstd(from.get());
  archive_read_support_format_tar(from.get());
  if (archive_read_open_filename(from.get(), file_.c_str(), 65536) != ARCHIVE_OK) {
    refuse(file_, not_a_machine);
  }
  std::size_t count = 0;
  archive_entry *entry = nullptr;
  while (true) {
    const int code = archive_read_next_header(from.get(), &entry);
    if (code == ARCHIVE_EOF) break;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
      if (count == 0) {
        refuse(file_, not_a_machine);
      }
      refuse(file_, text_of(from.get()));
    }
    if (++count > most_entries) refuse(file_, fmt::format("it holds more than {} entries", most_entries));
    add(from.get(), entry);
  }
  if (count == 0) refuse(file_, "it is empty");
  make_links();
}

void remove_folder(const fs::path &folder) noexcept {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

}  // namespace

unpacked_machine::unpacked_machine(const fs::path &archive) {
  std::error_code code;
  std::string pattern = (fs::temp_directory_path(code) / "halctl-XXXXXX").string();
  if (code || !::mkdtemp(pattern.data())) fail(pattern, code ? code.value() : errno);
  folder_ = pattern;
  try {
    unpacker(archive, folder_).run();
  } catch (...) {
    remove_folder(folder_);
    throw;
  }
}

unpacked_machine::~unpacked_machine() {
  remove_folder(folder_);
}

}  // namespace hal::ctl
