#include "discovery/pci_sysfs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace hal::discovery::sysfs {
namespace {

// Attributes of interest are a few dozen bytes; anything longer is damage.
constexpr std::size_t longest_attribute = 255;

struct attribute {
  std::optional<std::string> text;  // without white space at the end
  std::string why;                  // set when there is no text
  bool absent = false;              // no such file: for many attributes an ordinary answer
};

attribute failed(int code) {
  return {std::nullopt, error_text(code), code == ENOENT};
}

attribute read_attribute(int directory, const char *name) {
  const descriptor file(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failed(errno);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return failed(errno);
  if (!S_ISREG(status.st_mode)) return {std::nullopt, "not a plain file", false};

  std::array<char, longest_attribute + 1> buffer;
  ssize_t count = 0;
  do {
    count = ::read(file.get(), buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return failed(errno);
  const auto length = static_cast<std::size_t>(count);
  if (length > longest_attribute) return {std::nullopt, "longer than 255 bytes", false};
  std::string_view text(buffer.data(), length);
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (text.empty()) return {std::nullopt, "empty", false};
  return {std::string(text), {}, false};
}

template <typename Integer>
std::optional<Integer> parse(std::string_view text, Integer most) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  Integer value = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end || value > most) return std::nullopt;
  return value;
}

void lose(troubles &lost, std::uint32_t bit, const char *name, std::string_view why) {
  lost.unread |= bit;
  lost.texts.push_back(std::string(name) + " (" + std::string(why) + ")");
}

enum class when_absent { is_trouble, is_fine, is_unread };

// The number in an attribute. 0 and all ones are no vendor: `least` and `most` bound what is believed.
std::optional<std::uint32_t> read_number(int directory, const char *name, std::uint32_t bit,
                                         when_absent absent, troubles &lost, std::uint32_t least,
                                         std::uint32_t most) {
  const attribute read = read_attribute(directory, name);
  if (!read.text) {
    if (read.absent && absent == when_absent::is_unread) lost.unread |= bit;
    if (!read.absent || absent == when_absent::is_trouble) lose(lost, bit, name, read.why);
    return std::nullopt;
  }
  const auto value = parse<std::uint32_t>(*read.text, most);
  if (value && *value >= least) return value;
  lose(lost, bit, name, "not a number that can be right");
  return std::nullopt;
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

struct link_target {
  std::optional<std::string> path;
  bool absent = false;
  std::string why;
};

link_target read_link(int directory, const char *name) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::readlinkat(directory, name, buffer.data(), buffer.size());
  if (count < 0) return {std::nullopt, errno == ENOENT, errno == EINVAL ? "not a link" : error_text(errno)};
  if (count == 0 || static_cast<std::size_t>(count) == buffer.size())
    return {std::nullopt, false, "a damaged link"};
  return {std::string(buffer.data(), static_cast<std::size_t>(count)), false, {}};
}

// The last component of a link's target, if the one before it is `parent` ("" for any).
std::optional<std::string> last_component(std::string_view path, std::string_view parent) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view last = path.substr(slash + 1);
  path = path.substr(0, slash);
  const std::size_t before = path.rfind('/');
  const std::string_view above = before == std::string_view::npos ? path : path.substr(before + 1);
  if (!is_plain_word(last) || (!parent.empty() && above != parent)) return std::nullopt;
  return std::string(last);
}

std::optional<std::string> read_name_behind(int directory, const char *name, std::string_view parent,
                                            std::uint32_t bit, troubles &lost) {
  const link_target link = read_link(directory, name);
  if (!link.path) {
    if (!link.absent) lose(lost, bit, name, link.why);
    return std::nullopt;
  }
  auto last = last_component(*link.path, parent);
  if (!last) lose(lost, bit, name, "a link to an unexpected place");
  return last;
}

// "16.0 GT/s PCIe"; "Unknown" and "Unknown speed" are what the kernel writes for a link that is down.
std::optional<std::uint32_t> parse_speed(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (text.starts_with("Unknown")) return 0;
  if (space == std::string_view::npos || !text.substr(space + 1).starts_with("GT/s")) return std::nullopt;
  text = text.substr(0, space);
  const std::size_t dot = text.find('.');
  const auto whole = parse<std::uint32_t>(text.substr(0, dot), 1'000'000);
  if (!whole) return std::nullopt;
  if (dot == std::string_view::npos) return *whole * 1000;
  const auto tenths = parse<std::uint32_t>(text.substr(dot + 1), 9);
  if (!tenths || text.size() != dot + 2) return std::nullopt;
  return *whole * 1000 + *tenths * 100;
}

std::uint32_t read_speed(int directory, const char *name, troubles &lost) {
  const attribute read = read_attribute(directory, name);
  if (!read.text && read.absent) return 0;
  const auto speed = read.text ? parse_speed(*read.text) : std::nullopt;
  if (!speed) lose(lost, HAL_PCI_UNREAD_LINK, name, read.text ? "not a speed" : read.why);
  return speed.value_or(0);
}

// Widths are at most 32 lanes; the kernel writes 0 or 255 where it does not know.
std::uint32_t read_width(int directory, const char *name, troubles &lost) {
  const auto width = read_number(directory, name, HAL_PCI_UNREAD_LINK, when_absent::is_fine, lost, 0, 255);
  return width && *width <= 32 ? *width : 0;
}

}  // namespace

descriptor::~descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string error_text(int code) {
  return std::generic_category().message(code);
}

listing list_functions(const std::string &devices_path) {
  listing list;
  descriptor directory(::open(devices_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int copy = directory ? ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0) : -1;
  if (copy < 0) {
    list.error = errno;
    return list;
  }
  const auto close = [](DIR *stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(copy), close);
  if (!stream) {
    list.error = errno;
    ::close(copy);
    return list;
  }
  while (true) {
    errno = 0;
    const dirent *entry = ::readdir(stream.get());
    if (!entry) {
      if (errno != 0)
        list.warnings.push_back(devices_path + " could not be read to its end: " + error_text(errno) + ".");
      break;
    }
    const std::string_view name = entry->d_name;
    if (name.starts_with('.')) continue;
    const auto address = parse_pci_address(name);
    if (address && to_string(*address) == name) {
      list.addresses.push_back(*address);
    } else {
      std::string text = "An entry";
      if (is_plain_word(name)) text.append(" \"").append(name).append("\"");
      text.append(" of ").append(devices_path).append(" is not a PCI address; it was left out.");
      list.warnings.push_back(std::move(text));
    }
  }
  return {std::move(directory), 0, std::move(list.addresses), std::move(list.warnings)};
}

descriptor open_function(const listing &list, const pci_address &address) {
  return descriptor(
      ::openat(list.directory.get(), to_string(address).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool all_plain_files(int directory, std::initializer_list<const char *> names) {
  return std::all_of(names.begin(), names.end(), [directory](const char *name) {
    struct stat status = {};
    return ::fstatat(directory, name, &status, 0) == 0 && S_ISREG(status.st_mode);
  });
}

void read_identity(int directory, hal_pci_function &out, troubles &lost) {
  const auto id = [&](const char *name, std::uint32_t bit, when_absent absent, std::uint32_t least) {
    return static_cast<std::uint16_t>(
        read_number(directory, name, bit, absent, lost, least, 0xfffe).value_or(0));
  };
  out.vendor_id = id("vendor", HAL_PCI_UNREAD_VENDOR, when_absent::is_trouble, 1);
  out.device_id = id("device", HAL_PCI_UNREAD_DEVICE, when_absent::is_trouble, 0);
  out.subsystem_vendor_id = id("subsystem_vendor", HAL_PCI_UNREAD_SUBSYSTEM, when_absent::is_unread, 0);
  out.subsystem_device_id = id("subsystem_device", HAL_PCI_UNREAD_SUBSYSTEM, when_absent::is_unread, 0);
  out.class_code =
      read_number(directory, "class", HAL_PCI_UNREAD_CLASS, when_absent::is_trouble, lost, 0, 0xffffff)
          .value_or(0);
  out.revision = static_cast<std::uint8_t>(
      read_number(directory, "revision", HAL_PCI_UNREAD_REVISION, when_absent::is_unread, lost, 0, 0xff)
          .value_or(0));
}

void read_surroundings(int directory, hal_pci_function &out, std::string &driver,
                       std::string &physical_function, troubles &lost) {
  out.driver = nullptr;
  if (auto name = read_name_behind(directory, "driver", "drivers", HAL_PCI_UNREAD_DRIVER, lost)) {
    driver = std::move(*name);
    out.driver = driver.c_str();
  }

  out.iommu_group = -1;
  if (const auto name =
          read_name_behind(directory, "iommu_group", "iommu_groups", HAL_PCI_UNREAD_IOMMU_GROUP, lost)) {
    const auto group = parse<std::int32_t>(*name, std::numeric_limits<std::int32_t>::max());
    if (group && *group >= 0) {
      out.iommu_group = *group;
    } else {
      lose(lost, HAL_PCI_UNREAD_IOMMU_GROUP, "iommu_group", "not a number");
    }
  }

  out.physical_function = nullptr;
  if (auto name = read_name_behind(directory, "physfn", "", HAL_PCI_UNREAD_PHYSICAL_FUNCTION, lost)) {
    if (parse_pci_address(*name)) {
      physical_function = std::move(*name);
      out.physical_function = physical_function.c_str();
    } else {
      lose(lost, HAL_PCI_UNREAD_PHYSICAL_FUNCTION, "physfn", "not a PCI address");
    }
  }

  out.numa_node = -1;
  if (const attribute read = read_attribute(directory, "numa_node"); read.text) {
    const auto node = parse<std::int32_t>(*read.text, std::numeric_limits<std::int32_t>::max());
    if (node && *node >= -1) {
      out.numa_node = *node;
    } else {
      lose(lost, HAL_PCI_UNREAD_NUMA_NODE, "numa_node", "not a number that can be right");
    }
  } else if (!read.absent) {
    lose(lost, HAL_PCI_UNREAD_NUMA_NODE, "numa_node", read.why);
  }

  out.link_megatransfers = read_speed(directory, "current_link_speed", lost);
  out.link_width = read_width(directory, "current_link_width", lost);
  out.link_megatransfers_max = read_speed(directory, "max_link_speed", lost);
  out.link_width_max = read_width(directory, "max_link_width", lost);
}

}  // namespace hal::discovery::sysfs
