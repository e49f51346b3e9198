#include "discovery/proc_provider.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "discovery/sysfs_files.hpp"

namespace hal::discovery {
namespace {

constexpr std::size_t most_gpus = 65536;
constexpr std::size_t longest_list = std::size_t{16} << 20;

// The value behind "Model:" in lines of a name, a colon and blanks.
std::string_view value_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    line.remove_prefix(name.size() + 1);
    const std::size_t first = line.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : line.substr(first);
  }
  return {};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

void read_nvidia(const std::string &root, provider_result &result) {
  const std::string path = root + "/proc/driver/nvidia/gpus";
  const sysfs::names list = sysfs::list_names(AT_FDCWD, path.c_str(), most_gpus);
  if (!list.opened) return;
  const sysfs::descriptor folder = sysfs::open_directory(AT_FDCWD, path.c_str());
  for (const std::string &name : list.found) {
    const auto address = parse_pci_address(name);
    if (!address) continue;
    driver_device device;
    device.source = "proc";
    device.pci = address;
    device.vendor = 0x10de;
    device.driver = "nvidia";
    const sysfs::attribute facts = sysfs::read_text(folder.get(), (name + "/information").c_str());
    if (!facts.text && !facts.absent) {
      result.warnings.push_back(
          {address, fmt::format("What NVIDIA's driver tells of {} could not be read: {}.", name, facts.why)});
      continue;
    }
    const std::string_view text = facts.text ? std::string_view(*facts.text) : std::string_view();
    const std::string_view model = value_of(text, "Model");
    if (is_printable(model) && model != "Unknown") device.name = model;
    const auto minor = sysfs::parse_number<std::uint32_t>(value_of(text, "Device Minor"), 0xfffff);
    if (minor) device.nodes.push_back(fmt::format("/dev/nvidia{}", *minor));
    result.devices.push_back(std::move(device));
  }
}

// "0018\t10de2335\t..." with the driver behind the seventeenth tab: bus and device, then both ids.
bool parse_row(std::string_view line, pci_function &out) {
  if (line.size() < 13 || line[4] != '\t') return false;
  const auto place = sysfs::parse_number<std::uint32_t>(line.substr(0, 4), 0xffff, 16);
  const auto ids = sysfs::parse_number<std::uint32_t>(line.substr(5, 8), 0xffffffff, 16);
  if (!place || !ids) return false;
  out.address = {0, static_cast<std::uint8_t>(*place >> 8), static_cast<std::uint8_t>(*place >> 3 & 0x1f),
                 static_cast<std::uint8_t>(*place & 7)};
  out.vendor = static_cast<std::uint16_t>(*ids >> 16);
  out.device = static_cast<std::uint16_t>(*ids);
  const std::string_view driver = line.substr(line.rfind('\t') + 1);
  if (std::count(line.begin(), line.end(), '\t') == 17 && (driver.empty() || sysfs::is_plain_word(driver)))
    out.driver = std::string(driver);
  return true;
}

void read_bus(const std::string &root, provider_result &result) {
  if (::access((root + "/sys/bus/pci/devices").c_str(), F_OK) == 0) return;
  const std::string path = root + "/proc/bus/pci/devices";
  const sysfs::attribute list = sysfs::read_text(AT_FDCWD, path.c_str(), longest_list);
  if (!list.text) {
    if (!list.absent && list.why != "empty")
      result.warnings.push_back({std::nullopt, fmt::format("{} could not be read: {}.", path, list.why)});
    return;
  }
  std::size_t damaged = 0;
  for (std::string_view rest = *list.text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    pci_function function;
    if (parse_row(rest.substr(0, end), function)) {
      result.functions.push_back(std::move(function));
    } else {
      ++damaged;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (damaged != 0) {
    result.warnings.push_back(
        {std::nullopt,
         fmt::format("{} lines of {} are no PCI functions; they were left out.", damaged, path)});
  }
}

}  // namespace

provider_result proc_provider::scan() const {
  provider_result result;
  read_nvidia(root_, result);
  read_bus(root_, result);
  return result;
}

}  // namespace hal::discovery
