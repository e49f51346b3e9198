#include "discovery/pci_names.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace hal::discovery {
namespace {

constexpr off_t largest_file = off_t{256} << 20;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The id of a line "vvvv  name" (depth 0) or "<tab>dddd  name" (depth 1); -1 for any other line.
int id_of(std::string_view line, std::size_t depth) noexcept {
  if (line.size() < depth + 5 || (depth == 1 && line[0] != '\t') || line[depth + 4] != ' ') return -1;
  int id = 0;
  for (std::size_t index = depth; index < depth + 4; ++index) {
    const int digit = hex_digit(line[index]);
    if (digit < 0) return -1;
    id = id * 16 + digit;
  }
  return id;
}

struct line_at {
  std::size_t begin;
  std::size_t end;  // of its text, without the line feed
  int id;           // -1: there is none
};

std::size_t line_end(std::string_view text, std::size_t from) noexcept {
  const void *feed = std::memchr(text.data() + from, '\n', text.size() - from);
  return feed ? static_cast<std::size_t>(static_cast<const char *>(feed) - text.data()) : text.size();
}

// The first line of this depth that begins at or after `from`, which is the beginning of a line, and before
// `limit`.
line_at next_line(std::string_view text, std::size_t from, std::size_t limit, std::size_t depth) noexcept {
  while (from < limit) {
    const std::size_t end = line_end(text, from);
    const int id = id_of(text.substr(from, end - from), depth);
    if (id >= 0) return {from, end, id};
    from = end + 1;
  }
  return {text.size(), text.size(), -1};
}

struct bounds {
  line_at found;           // the first line whose id is not below the wanted one; id -1: there is none
  std::size_t next;        // the earliest line seen with a larger id, or the text's end
  std::size_t clear_from;  // from here to `next` there is no line of this depth
};

// In a text whose lines of this depth are sorted; others may lie between them.
bounds lower_bound(std::string_view text, int wanted, std::size_t depth) noexcept {
  std::size_t low = 0;
  std::size_t high = text.size();
  bounds result = {{high, high, -1}, high, high};
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    std::size_t from = middle;
    if (from > low && text[from - 1] != '\n') from = line_end(text, from) + 1;
    const line_at line = next_line(text, from, high, depth);
    if (line.id >= 0 && line.id < wanted) {
      low = line.end + 1;
      continue;
    }
    if (line.id != wanted && result.found.id != wanted) {
      if (line.id >= 0) result.next = line.begin;
      result.clear_from = std::min(from, high);
    }
    if (line.id >= 0) result.found = line;
    high = middle;
  }
  return result;
}

struct vendor_block {
  line_at vendor;
  std::string_view devices;  // the lines between this vendor's own and the next vendor's
};

// Finding a vendor with thousands of devices means walking through a good part of them. What that walk has
// seen bounds the search for the block's end.
std::optional<vendor_block> find_block(std::string_view text, std::uint16_t vendor) noexcept {
  const bounds vendors = lower_bound(text, vendor, 0);
  if (vendors.found.id != vendor) return std::nullopt;
  const std::size_t begin = std::min(vendors.found.end + 1, vendors.next);
  const std::string_view unseen = text.substr(begin, std::max(vendors.clear_from, begin) - begin);
  const line_at other = lower_bound(unseen, vendor + 1, 0).found;
  const std::size_t end = other.id < 0 ? vendors.next : begin + other.begin;
  return vendor_block{vendors.found, text.substr(begin, end - begin)};
}

std::string name_of(std::string_view text, const line_at &line, std::size_t depth) {
  std::string_view name = text.substr(line.begin + depth + 4, line.end - line.begin - depth - 4);
  const std::size_t first = name.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  name = name.substr(first, name.find_last_not_of(" \t\r") - first + 1);
  return printable(name);
}

// Length of the well-formed UTF-8 sequence at the front; 0 if it is none.
std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t longest) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    // Two-byte sequences from c2 80 to c2 9f are the C1 control characters, which terminals obey.
    const bool control = length == 1
                             ? text[0] < ' ' || text[0] == 0x7f
                             : length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
    const std::string_view shown = length == 0 || control ? "?" : text.substr(0, length);
    if (out.size() + shown.size() > longest) break;
    out.append(shown);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

pci_names::pci_names() {
  for (const char *path : {"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"}) {
    if (map(path)) return;
  }
}

pci_names::pci_names(const std::string &path) {
  map(path.c_str());
}

pci_names::~pci_names() {
  if (data_) ::munmap(const_cast<char *>(data_), size_);
}

bool pci_names::map(const char *path) noexcept {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return false;
  struct stat status = {};
  void *mapped = MAP_FAILED;
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      status.st_size <= largest_file) {
    mapped = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  }
  ::close(file);
  if (mapped == MAP_FAILED) return false;
  data_ = static_cast<const char *>(mapped);
  size_ = static_cast<std::size_t>(status.st_size);
  return true;
}

pci_names::names pci_names::find(std::uint16_t vendor, std::uint16_t device) const {
  names found;
  const auto block = find_block(text(), vendor);
  if (!block) return found;
  found.vendor = name_of(text(), block->vendor, 0);
  const line_at line = lower_bound(block->devices, device, 1).found;
  if (line.id == device) found.device = name_of(block->devices, line, 1);
  return found;
}

pci_names::names pci_names::get(std::uint16_t vendor, std::uint16_t device) const {
  names found = find(vendor, device);
  if (found.vendor.empty()) found.vendor = fmt::format("{:04x}", vendor);
  if (found.device.empty()) found.device = fmt::format("{:04x}:{:04x}", vendor, device);
  return found;
}

}  // namespace hal::discovery
