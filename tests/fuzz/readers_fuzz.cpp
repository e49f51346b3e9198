// Any bytes to every reader of discovery. The first byte chooses the reader.
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/drm_provider.hpp"
#include "discovery/inventory.hpp"
#include "discovery/kfd_provider.hpp"
#include "discovery/pci_dump.hpp"
#include "discovery/pci_listing.hpp"
#include "discovery/pci_place.hpp"
#include "discovery/pci_sysfs.hpp"
#include "discovery/proc_provider.hpp"
#include "runtime/recording/recording.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hal::discovery;

void check(bool holds) {
  if (!holds) std::abort();
}

// One tree for all runs. All files in it are one file by many names, so that a run writes once.
class tree {
 public:
  tree() {
    const fs::path function = root() / "function";
    for (const char *name :
         {"uevent", "vendor", "class", "revision", "numa_node", "local_cpulist", "resource",
          "resource0_resize", "current_link_speed", "max_link_width", "config", "secondary_bus_number"}) {
      add(function / name);
    }
    for (const char *name : {"nodes/0/properties", "nodes/1/properties", "drm/card0/device/uevent",
                             "proc/driver/nvidia/gpus/0000:01:00.0/information", "proc/bus/pci/devices"}) {
      add(root() / name);
    }
  }

  const fs::path &root() const { return directory_.path(); }
  void fill(std::string_view bytes) const { hal::test::write_file(root() / "bytes", bytes); }

 private:
  void add(const fs::path &file) const {
    if (!fs::exists(root() / "bytes")) fill("");
    fs::create_directories(file.parent_path());
    fs::create_hard_link(root() / "bytes", file);
  }

  hal::test::temporary_directory directory_;
};

const tree &files_of(std::string_view bytes) {
  static const tree files;
  files.fill(bytes);
  return files;
}

void function_of(std::string_view bytes) {
  const fs::path folder = files_of(bytes).root() / "function";
  const sysfs::descriptor directory = sysfs::open_directory(AT_FDCWD, folder.c_str());
  pci_function function;
  sysfs::troubles lost;
  if (!sysfs::read_uevent(directory.get(), "uevent", function))
    sysfs::read_identity(directory.get(), function, lost);
  sysfs::read_details(directory.get(), function, lost);
  check(!function.class_code || *function.class_code <= 0xffffff);
  check(function.link.width <= 32);
  for (const std::string &text : lost) check(text.ends_with(')'));
  const bus_range buses = sysfs::read_bus_range(directory.get());
  std::vector<pci_function> functions(2, function);
  functions[1].address.bus = 1;
  place_by_buses(functions, std::vector<bus_range>{buses, {1, 255}});
  check(functions[0].root.has_value());
}

void drivers_of(std::string_view bytes) {
  const fs::path &root = files_of(bytes).root();
  const kfd_provider kfd((root / "nodes").string());
  const drm_provider drm((root / "drm").string(), pci_functions::read);
  const proc_provider proc(root.string());
  const provider *const providers[] = {&kfd, &drm, &proc};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent"});
  for (const warning &one : found.warnings) check(one.text.ends_with('.'));
}

void text_of(std::string_view bytes) {
  kind_of_pci_text(bytes);
  for (const pci_function &function : read_pci_listing(bytes).functions) check(function.vendor.has_value());
  // Every line of a clean dump is as libpci takes it.
  const clean_dump clean = clean_up_dump(bytes);
  check(clean_up_dump(clean.text).warnings.empty());
  pci_function function;
  function.address = {0, 1, 0, 0};
  for (const path_function &above : place_by_path(bytes, function)) check(above.end <= bytes.size());
}

void configuration_of(std::string_view bytes) {
  const std::string kept = hal::rt::without_serial_numbers(bytes);
  check(kept.size() == bytes.size());
  check(hal::rt::without_serial_numbers(kept) == kept);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      function_of(bytes);
      break;
    case 1:
      drivers_of(bytes);
      break;
    case 2:
      text_of(bytes);
      break;
    default:
      configuration_of(bytes);
      break;
  }
  return 0;
}
