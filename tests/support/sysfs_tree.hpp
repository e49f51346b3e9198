// A made-up sysfs with a PCI bus, in a temporary directory that goes with the object.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hal::test {

// A directory of its own under the system's temporary directory, removed with everything in it.
class temporary_directory {
 public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory &) = delete;
  temporary_directory &operator=(const temporary_directory &) = delete;

  const std::filesystem::path &path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

void write_file(const std::filesystem::path &path, std::string_view bytes);

// The attributes of one PCI function as the kernel writes them; an empty optional leaves the file or link
// out.
struct sysfs_function {
  std::optional<std::string> vendor = "0x8086";
  std::optional<std::string> device = "0x0d57";
  std::optional<std::string> class_code = "0x060000";
  std::optional<std::string> revision = "0x00";
  std::optional<std::string> subsystem_vendor = "0x1af4";
  std::optional<std::string> subsystem_device = "0x1100";
  std::optional<std::string> numa_node = "-1";
  std::optional<std::string> driver = std::nullopt;             // name
  std::optional<std::string> iommu_group = std::nullopt;        // number
  std::optional<std::string> physical_function = std::nullopt;  // address
  std::optional<std::string> current_link_speed = std::nullopt;
  std::optional<std::string> current_link_width = std::nullopt;
  std::optional<std::string> max_link_speed = std::nullopt;
  std::optional<std::string> max_link_width = std::nullopt;
  std::optional<std::string> below = std::nullopt;  // address of a bridge that was added; else on a root bus
  std::string root = "pci0000:00";                  // the root bus, for what is below no bridge
  bool uevent = false;  // ids, class and driver in one file, as the kernel writes it
};

// Laid out as in the kernel: sys/bus/pci/devices holds links to directories below sys/devices.
class sysfs_tree {
 public:
  sysfs_tree();

  // The directory that holds sys/.
  std::string root() const { return directory_.path().string(); }
  std::filesystem::path bus() const { return directory_.path() / "sys/bus/pci"; }

  // The function's own directory, or an attribute in it.
  std::filesystem::path at(std::string_view address, std::string_view attribute = {}) const;

  void add(std::string_view address, const sysfs_function &function = {});

  // A file of the tree by its path from the root; makes the folders above it.
  void write_path(std::string_view path, std::string_view bytes) const;
  void make_link_path(std::string_view path, std::string_view target) const;

  // Damage. Each one replaces what is there under that name.
  void write(std::string_view address, std::string_view attribute, std::string_view bytes) const;
  void remove(std::string_view address, std::string_view attribute) const;
  void make_directory(std::string_view address, std::string_view attribute) const;
  void make_link(std::string_view address, std::string_view attribute, std::string_view target) const;
  void make_fifo(std::string_view address, std::string_view attribute) const;
  void forbid_reading(std::string_view address, std::string_view attribute) const;  // has no effect for root

  // Entries of sys/bus/pci/devices that lead nowhere, round in a circle, or to no directory.
  void add_dangling(std::string_view name) const;
  void add_looping(std::string_view name) const;
  void add_plain_file(std::string_view name) const;

 private:
  temporary_directory directory_;
  std::map<std::string, std::string, std::less<>> places_;  // address: path below sys/devices
};

}  // namespace hal::test
