#include "discovery/class_device.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "discovery/pci_sysfs.hpp"

namespace hal::discovery {
namespace {

std::string_view line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
      return line.substr(name.size() + 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::string word(std::string_view text) {
  return sysfs::is_plain_word(text) ? std::string(text) : std::string();
}

// "../../devices/pci0000:00/0000:00:02.0/drm/card0" without what stands behind the device.
std::string_view device_part(std::string_view entry_target) {
  for (const std::string_view kind : {"/drm/", "/accel/"}) {
    const std::size_t at = entry_target.rfind(kind);
    if (at != std::string_view::npos) return entry_target.substr(0, at);
  }
  return {};
}

void find_function(std::string_view path, class_device &out) {
  bool last = true;
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view component = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (last) out.bus_name = word(component);
    if (const auto address = parse_pci_address(component)) {
      out.pci = address;
      out.is_function = last;
      return;
    }
    if (slash == std::string_view::npos) return;
    path = path.substr(0, slash);
    last = false;
  }
}

}  // namespace

std::optional<class_device> read_class_device(int entries, const std::string &entry) {
  class_device out;
  if (const sysfs::link_target link = sysfs::read_link(entries, entry.c_str()); link.path) {
    out.path = device_part(*link.path);
    find_function(out.path, out);
  }
  const sysfs::descriptor device = sysfs::open_directory(entries, (entry + "/device").c_str());
  if (!device) return out.bus_name.empty() ? std::nullopt : std::optional(std::move(out));

  const sysfs::attribute uevent = sysfs::read_text(device.get(), "uevent");
  const std::string_view lines = uevent.text ? std::string_view(*uevent.text) : std::string_view();
  if (!out.pci) {
    out.pci = parse_pci_address(line_of(lines, "PCI_SLOT_NAME"));
    out.is_function = out.pci.has_value();
  }
  out.driver = word(line_of(lines, "DRIVER"));
  if (out.driver.empty()) {
    const sysfs::link_target driver = sysfs::read_link(device.get(), "driver");
    if (driver.path) out.driver = sysfs::last_component(*driver.path, "drivers").value_or("");
  }
  out.compatible = word(line_of(lines, "OF_COMPATIBLE_0"));
  return out;
}

std::optional<pci_function> read_function_behind(int entries, const std::string &entry,
                                                 const class_device &device, std::vector<warning> &warnings) {
  if (!device.pci || !device.is_function) return std::nullopt;
  const sysfs::descriptor directory = sysfs::open_directory(entries, (entry + "/device").c_str());
  if (!directory) return std::nullopt;
  pci_function function;
  function.address = *device.pci;
  place_by_path(device.path, function);
  sysfs::troubles lost;
  if (!sysfs::read_uevent(directory.get(), "uevent", function)) {
    sysfs::read_identity(directory.get(), function, lost);
  }
  sysfs::read_details(directory.get(), function, lost);
  if (!lost.empty()) {
    const std::string address = to_string(*device.pci);
    warnings.push_back(
        {device.pci,
         fmt::format("{} is half removed or damaged; these of its attributes could not be read: {}.", address,
                     fmt::join(lost, ", "))});
  }
  return function;
}

}  // namespace hal::discovery
