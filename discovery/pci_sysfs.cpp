#include "discovery/pci_sysfs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace hal::discovery::sysfs {
namespace {

constexpr std::size_t most_entries = std::size_t{1} << 20;

void lose(troubles &lost, const char *name, std::string_view why) {
  lost.push_back(std::string(name) + " (" + std::string(why) + ")");
}

enum class when_absent { is_trouble, is_fine };

// The number in an attribute. 0 and all ones are no vendor: `least` and `most` bound what is believed.
std::optional<std::uint32_t> read_number(int directory, const char *name, when_absent absent, troubles &lost,
                                         std::uint32_t least, std::uint32_t most) {
  const attribute read = read_attribute(directory, name);
  if (!read.text) {
    if (!read.absent || absent == when_absent::is_trouble) lose(lost, name, read.why);
    return std::nullopt;
  }
  const auto value = parse_number<std::uint32_t>(*read.text, most);
  if (value && *value >= least) return value;
  lose(lost, name, "not a number that can be right");
  return std::nullopt;
}

// The text behind "NAME=" in a file of such lines.
std::optional<std::string_view> line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') {
      return line.substr(name.size() + 1);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

struct id_pair {
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
};

// "10DE:2335"
std::optional<id_pair> parse_ids(std::optional<std::string_view> text) {
  if (!text || text->size() != 9 || (*text)[4] != ':') return std::nullopt;
  const auto vendor = parse_number<std::uint32_t>(text->substr(0, 4), 0xffff, 16);
  const auto device = parse_number<std::uint32_t>(text->substr(5), 0xffff, 16);
  if (!vendor || !device) return std::nullopt;
  return id_pair{static_cast<std::uint16_t>(*vendor), static_cast<std::uint16_t>(*device)};
}

void read_driver(int directory, pci_function &out, troubles &lost) {
  const link_target link = read_link(directory, "driver");
  if (link.absent) out.driver = "";
  if (link.path) out.driver = last_component(*link.path, "drivers");
  if (!out.driver) lose(lost, "driver", link.path ? "a link to an unexpected place" : link.why);
}

}  // namespace

listing list_functions(const std::string &devices_path) {
  listing list{open_directory(AT_FDCWD, devices_path.c_str()), 0, {}, {}};
  if (!list.directory) {
    list.error = errno;
    return list;
  }
  const names entries = list_names(list.directory.get(), ".", most_entries);
  if (!entries.opened) list.error = entries.error;
  if (entries.error != 0)
    list.warnings.push_back(devices_path + " could not be read to its end: " + error_text(entries.error) +
                            ".");
  for (const std::string &name : entries.found) {
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
  return list;
}

bool read_uevent(int directory, const char *path, pci_function &out) {
  const attribute read = read_text(directory, path);
  if (!read.text) return false;
  const auto class_text = line_of(*read.text, "PCI_CLASS");
  const auto class_code = class_text ? parse_number<std::uint32_t>(*class_text, 0xffffff, 16) : std::nullopt;
  const auto id = parse_ids(line_of(*read.text, "PCI_ID"));
  const auto subsystem = parse_ids(line_of(*read.text, "PCI_SUBSYS_ID"));
  const auto driver = line_of(*read.text, "DRIVER");
  const auto address = line_of(*read.text, "PCI_SLOT_NAME");
  const bool believable = class_code && id && id->vendor != 0 && id->vendor != 0xffff &&
                          id->device != 0xffff && subsystem && (!driver || is_plain_word(*driver)) &&
                          address && *address == to_string(out.address);
  if (!believable) return false;
  out.vendor = id->vendor;
  out.device = id->device;
  out.class_code = *class_code;
  out.subsystem_vendor = subsystem->vendor;
  out.subsystem_device = subsystem->device;
  out.driver = std::string(driver.value_or(""));
  return true;
}

void read_identity(int directory, pci_function &out, troubles &lost) {
  const auto id = [&](const char *name, when_absent absent, std::uint32_t least) {
    const auto value = read_number(directory, name, absent, lost, least, 0xfffe);
    return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
  };
  out.vendor = id("vendor", when_absent::is_trouble, 1);
  out.device = id("device", when_absent::is_trouble, 0);
  out.subsystem_vendor = id("subsystem_vendor", when_absent::is_fine, 0);
  out.subsystem_device = id("subsystem_device", when_absent::is_fine, 0);
  out.class_code = read_number(directory, "class", when_absent::is_trouble, lost, 0, 0xffffff);
  read_driver(directory, out, lost);
}

bool is_asleep(std::string_view runtime_status) noexcept {
  return runtime_status == "suspended" || runtime_status == "suspending";
}

bool may_read_configuration(int directory, const pci_function &function) {
  struct stat status = {};
  return !is_asleep(function.runtime_status.value_or("")) &&
         ::fstatat(directory, "config", &status, 0) == 0 && S_ISREG(status.st_mode);
}

bus_range read_bus_range(int directory) {
  if (is_asleep(read_attribute(directory, "power/runtime_status").text.value_or(""))) return {};
  troubles ignored;
  const auto bus = [&](const char *name) {
    return read_number(directory, name, when_absent::is_fine, ignored, 0, 255);
  };
  const auto secondary = bus("secondary_bus_number");
  const auto subordinate = bus("subordinate_bus_number");
  if (secondary && subordinate)
    return {static_cast<std::uint8_t>(*secondary), static_cast<std::uint8_t>(*subordinate)};

  constexpr off_t at_secondary = 0x19;
  std::array<std::uint8_t, 2> header = {};
  const descriptor config(::openat(directory, "config", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!config || ::pread(config.get(), header.data(), header.size(), at_secondary) != 2) return {};
  return {header[0], header[1]};
}

}  // namespace hal::discovery::sysfs
