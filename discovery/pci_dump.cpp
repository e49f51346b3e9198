#include "discovery/pci_dump.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>

#include "discovery/sysfs_files.hpp"
#include "hal/pci_address.hpp"

namespace hal::discovery {
namespace {

constexpr std::size_t configuration_space = 4096;
constexpr off_t largest_dump = off_t{64} << 20;
constexpr std::uint32_t largest_domain = 0xfffff;  // five digits: libpci reads no more from a dump

std::optional<std::uint32_t> hex(std::string_view digits) {
  std::uint32_t value = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

enum class row { no_row, damaged, good };

// "1f0: 00 ff ..." with 1 to 16 bytes.
row read_row(std::string_view line, std::string &out) {
  const std::size_t colon = line.find(": ");
  if (colon < 2 || colon > 8) return row::no_row;
  const auto offset = hex(line.substr(0, colon));
  if (!offset) return row::no_row;
  std::string_view bytes = line.substr(colon + 2);
  if (bytes.ends_with(' ')) bytes.remove_suffix(1);
  const std::size_t count = (bytes.size() + 1) / 3;
  if (bytes.size() != count * 3 - 1 || count < 1 || count > 16) return row::damaged;
  if (*offset > configuration_space - count) return row::damaged;
  for (std::size_t index = 0; index < count; ++index) {
    if (!hex(bytes.substr(index * 3, 2))) return row::damaged;
    if (index + 1 < count && bytes[index * 3 + 2] != ' ') return row::damaged;
  }
  out.append(line.substr(0, colon + 2)).append(bytes).push_back('\n');
  return row::good;
}

}  // namespace

clean_dump clean_up_dump(std::string_view dump) {
  clean_dump clean;
  bool in_function = false;
  for (std::size_t number = 1; !dump.empty(); ++number) {
    const std::size_t end = dump.find('\n');
    std::string_view line = dump.substr(0, end);
    dump.remove_prefix(end == std::string_view::npos ? dump.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);

    const auto warn = [&](std::string_view what) {
      clean.warnings.push_back("Line " + std::to_string(number) + " of the dump " + std::string(what));
    };
    if (line.empty()) {
      if (in_function) clean.text.push_back('\n');
      in_function = false;
    } else if (const auto address = parse_pci_address(line.substr(0, line.find(' ')))) {
      in_function = address->domain <= largest_domain;
      if (in_function) {
        clean.text.append(to_string(*address)).append(" function\n");
      } else {
        warn("begins a function in a domain above fffff, which libpci does not read; it was left out.");
      }
    } else if (in_function && read_row(line, clean.text) == row::damaged) {
      warn("is not a row of at most 16 bytes within 4096 bytes of configuration space; it was left out.");
    }
  }
  return clean;
}

bool read_plain_file(const std::string &path, std::string &text, std::string &error) {
  const sysfs::descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status = {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    error = sysfs::error_text(errno);
    return false;
  }
  if (!S_ISREG(status.st_mode) || status.st_size > largest_dump) {
    error = S_ISREG(status.st_mode) ? "it is larger than 64 MiB" : "it is not a plain file";
    return false;
  }
  text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      error = sysfs::error_text(errno);
      return false;
    }
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  return true;
}

}  // namespace hal::discovery
