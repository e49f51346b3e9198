#include "tests/support/sysfs_tree.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace hal::test {
namespace fs = std::filesystem;

temporary_directory::temporary_directory() {
  std::string pattern = (fs::temp_directory_path() / "hal-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
  path_ = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_file(const fs::path &path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

sysfs_tree::sysfs_tree() {
  fs::create_directories(bus() / "devices");
  fs::create_directories(bus() / "drivers");
  fs::create_directories(directory_.path() / "sys/devices/pci0000:00");
}

fs::path sysfs_tree::at(std::string_view address, std::string_view attribute) const {
  const auto place = places_.find(address);
  const fs::path function = directory_.path() / "sys/devices" /
                            (place != places_.end() ? place->second : "pci0000:00/" + std::string(address));
  return attribute.empty() ? function : function / attribute;
}

void sysfs_tree::add(std::string_view address, const sysfs_function &function) {
  const std::string place =
      (function.below ? places_.at(*function.below) : function.root) + "/" + std::string(address);
  places_.insert_or_assign(std::string(address), place);
  fs::create_directories(at(address));
  std::string up;  // from the function to sys/
  for (std::size_t depth = 0;
       depth < 2 + static_cast<std::size_t>(std::count(place.begin(), place.end(), '/')); ++depth)
    up += "../";
  const auto attribute = [&](const char *name, const std::optional<std::string> &value) {
    if (value) write(address, name, *value + "\n");
  };
  attribute("vendor", function.vendor);
  attribute("device", function.device);
  attribute("class", function.class_code);
  attribute("revision", function.revision);
  attribute("subsystem_vendor", function.subsystem_vendor);
  attribute("subsystem_device", function.subsystem_device);
  attribute("numa_node", function.numa_node);
  attribute("current_link_speed", function.current_link_speed);
  attribute("current_link_width", function.current_link_width);
  attribute("max_link_speed", function.max_link_speed);
  attribute("max_link_width", function.max_link_width);
  if (function.driver) {
    fs::create_directories(bus() / "drivers" / *function.driver);
    make_link(address, "driver", up + "bus/pci/drivers/" + *function.driver);
  }
  if (function.iommu_group)
    make_link(address, "iommu_group", up + "kernel/iommu_groups/" + *function.iommu_group);
  if (function.physical_function) make_link(address, "physfn", "../" + *function.physical_function);
  if (function.uevent) {
    const auto digits = [](const std::optional<std::string> &text) {
      return text.value_or("0x0000").substr(2);
    };
    std::string text = function.driver ? "DRIVER=" + *function.driver + "\n" : "";
    text += "PCI_CLASS=" + digits(function.class_code) + "\nPCI_ID=" + digits(function.vendor) + ":" +
            digits(function.device) + "\nPCI_SUBSYS_ID=" + digits(function.subsystem_vendor) + ":" +
            digits(function.subsystem_device) + "\nPCI_SLOT_NAME=" + std::string(address) + "\n";
    write(address, "uevent", text);
  }
  fs::create_directory_symlink(fs::path("../../../devices") / place, bus() / "devices" / address);
}

void sysfs_tree::write_path(std::string_view path, std::string_view bytes) const {
  const fs::path file = directory_.path() / path;
  fs::create_directories(file.parent_path());
  write_file(file, bytes);
}

void sysfs_tree::make_link_path(std::string_view path, std::string_view target) const {
  const fs::path link = directory_.path() / path;
  fs::create_directories(link.parent_path());
  fs::create_symlink(target, link);
}

void sysfs_tree::write(std::string_view address, std::string_view attribute, std::string_view bytes) const {
  remove(address, attribute);
  write_file(at(address, attribute), bytes);
}

void sysfs_tree::remove(std::string_view address, std::string_view attribute) const {
  fs::remove_all(at(address, attribute));
}

void sysfs_tree::make_directory(std::string_view address, std::string_view attribute) const {
  remove(address, attribute);
  fs::create_directory(at(address, attribute));
}

void sysfs_tree::make_link(std::string_view address, std::string_view attribute,
                           std::string_view target) const {
  remove(address, attribute);
  fs::create_symlink(target, at(address, attribute));
}

void sysfs_tree::make_fifo(std::string_view address, std::string_view attribute) const {
  remove(address, attribute);
  if (::mkfifo(at(address, attribute).c_str(), 0600) != 0) {
    throw std::system_error(errno, std::generic_category(), "mkfifo " + at(address, attribute).string());
  }
}

void sysfs_tree::forbid_reading(std::string_view address, std::string_view attribute) const {
  fs::permissions(at(address, attribute), fs::perms::none);
}

void sysfs_tree::add_dangling(std::string_view name) const {
  fs::create_symlink("../../../devices/gone", bus() / "devices" / name);
}

void sysfs_tree::add_looping(std::string_view name) const {
  fs::create_symlink(name, bus() / "devices" / name);
}

void sysfs_tree::add_plain_file(std::string_view name) const {
  write_file(bus() / "devices" / name, "?\n");
}

}  // namespace hal::test
