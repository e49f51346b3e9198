// Every file that any reader opens, damaged in every way: nothing crashes, blocks or throws, and the other
// GPU is there in full.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/hardware.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hal::discovery;
using hal::test::sysfs_tree;

constexpr const char *victim = "0000:02:00.0";
constexpr const char *healthy = "0000:03:00.0";
const std::string victim_folder = "sys/devices/pci0000:00/0000:02:00.0/";

void fill(sysfs_tree &tree) {
  for (const char *address : {victim, healthy}) {
    tree.add(address, {.vendor = "0x10de",
                       .device = "0x2335",
                       .class_code = "0x030200",
                       .driver = "nvidia",
                       .uevent = true});
  }
  for (const char *name : {"local_cpulist", "sriov_numvfs", "power/runtime_status", "resource0_resize",
                           "resource", "config", "current_link_speed", "current_link_width"}) {
    tree.write_path(victim_folder + name, "1\n");
  }
  tree.write_path(victim_folder + "net/eth0/address", "");
  tree.write_path(victim_folder + "drm/card0/dev", "");
  tree.make_link_path(victim_folder + "drm/card0/device", "../../../0000:02:00.0");
  tree.make_link_path("sys/class/drm/card0", "../../devices/pci0000:00/0000:02:00.0/drm/card0");
  tree.write_path("sys/devices/platform/npu/uevent", "DRIVER=rocket\n");
  tree.make_link_path("sys/devices/platform/npu/accel/accel0/device", "../../../npu");
  tree.make_link_path("sys/class/accel/accel0", "../../devices/platform/npu/accel/accel0");
  tree.write_path("sys/class/kfd/kfd/topology/nodes/1/properties",
                  "simd_count 8\nlocation_id 512\nvendor_id 4318\n");
  tree.write_path("proc/driver/nvidia/gpus/0000:02:00.0/information", "Model: X\nDevice Minor: 0\n");
}

struct damage {
  std::string kind;
  std::function<void(const fs::path &)> make;
};

std::vector<damage> all_damage() {
  const auto text = [](std::string bytes) {
    return [bytes = std::move(bytes)](const fs::path &at) { hal::test::write_file(at, bytes); };
  };
  const auto link = [](std::string target) {
    return [target = std::move(target)](const fs::path &at) { fs::create_symlink(target, at); };
  };
  return {{"absent", [](const fs::path &) {}},
          {"empty", text("")},
          {"blank", text(" \n")},
          {"binary", text(std::string("\x00\xff\x1b[31m\n", 8))},
          {"huge", text(std::string(1 << 20, '9'))},
          {"a long line", text(std::string(3000, 'x') + "\n")},
          {"many lines", text([] {
             std::string lines;
             for (int count = 0; count < 500; ++count) lines += "PCI_ID=\n";
             return lines;
           }())},
          {"a folder", [](const fs::path &at) { fs::create_directory(at); }},
          {"a FIFO", [](const fs::path &at) { REQUIRE(::mkfifo(at.c_str(), 0600) == 0); }},
          {"a dangling link", link("nowhere/at/all")},
          {"a link to itself", [](const fs::path &at) { fs::create_symlink(at.filename(), at); }},
          {"a link to the root", link("/")},
          {"a link to zeros without end", link("/dev/zero")},
          {"unreadable", [](const fs::path &at) {
             hal::test::write_file(at, "1\n");
             fs::permissions(at, fs::perms::none);
           }}};
}

}  // namespace

TEST_CASE("damage table: every file of every reader") {
  if (!hal::test::pci_scan()) return;
  std::vector<std::string> files;
  for (const char *name : {"uevent",
                           "vendor",
                           "device",
                           "class",
                           "revision",
                           "subsystem_vendor",
                           "numa_node",
                           "driver",
                           "iommu_group",
                           "physfn",
                           "local_cpulist",
                           "sriov_numvfs",
                           "power",
                           "power/runtime_status",
                           "resource0_resize",
                           "resource",
                           "config",
                           "current_link_speed",
                           "current_link_width",
                           "max_link_speed",
                           "net",
                           "drm",
                           "drm/card0",
                           "drm/card0/device"}) {
    files.push_back(victim_folder + name);
  }
  for (const char *path :
       {"sys/devices/pci0000:00/0000:02:00.0", "sys/bus/pci/devices/0000:02:00.0", "sys/class/drm",
        "sys/class/drm/card0", "sys/class/accel", "sys/class/accel/accel0", "sys/devices/platform/npu",
        "sys/devices/platform/npu/uevent", "sys/devices/platform/npu/accel/accel0/device",
        "sys/class/kfd/kfd/topology/nodes", "sys/class/kfd/kfd/topology/nodes/1",
        "sys/class/kfd/kfd/topology/nodes/1/properties", "proc/driver/nvidia/gpus",
        "proc/driver/nvidia/gpus/0000:02:00.0", "proc/driver/nvidia/gpus/0000:02:00.0/information", "proc"}) {
    files.push_back(path);
  }
  sysfs_tree tree;
  fill(tree);
  const fs::path aside = fs::path(tree.root()) / "aside";
  for (const std::string &file : files) {
    for (const damage &one : all_damage()) {
      CAPTURE(file);
      CAPTURE(one.kind);
      const fs::path path = fs::path(tree.root()) / file;
      const bool was_there = fs::exists(fs::symlink_status(path));
      if (was_there) fs::rename(path, aside);
      one.make(path);
      for (const auto detail : {hal::rt::hardware_detail::identity, hal::rt::hardware_detail::all}) {
        const inventory found = hal::rt::look_at_hardware(tree.root(), {}, detail);
        bool there = false;
        for (const found_device &device : found.devices) {
          if (to_string(device.pci.address) != healthy || !device.platform.empty()) continue;
          there = ids(device.pci) == "10de:2335" && device.pci.class_code == 0x030200u &&
                  device.pci.driver == "nvidia";
        }
        CHECK(there);
        for (const warning &said : found.warnings) CHECK(said.text.ends_with('.'));
      }
      fs::remove_all(path);
      if (was_there) fs::rename(aside, path);
    }
  }
}
