// Providers of what drivers show, over made-up trees.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "discovery/drm_provider.hpp"
#include "discovery/kfd_provider.hpp"
#include "discovery/proc_provider.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {

using namespace hal::discovery;
using hal::test::sysfs_tree;
using nodes = std::vector<std::string>;

const std::string drm = "sys/class/drm/";

// An entry of a class, laid out as the kernel does: a link to a folder below the device.
void add_entry(const sysfs_tree &tree, const std::string &kind, const std::string &name,
               const std::string &device, const std::string &uevent) {
  tree.write_path("sys/devices/" + device + "/uevent", uevent);
  tree.make_link_path("sys/devices/" + device + "/" + kind + "/" + name + "/device",
                      "../../../" + device.substr(device.rfind('/') + 1));
  tree.make_link_path("sys/class/" + kind + "/" + name, "../../devices/" + device + "/" + kind + "/" + name);
}

provider_result scan_drm(const sysfs_tree &tree, pci_functions functions = pci_functions::leave) {
  return drm_provider(tree.root() + "/sys/class/drm", functions).scan();
}

std::string gpu_node(std::uint64_t location, std::uint64_t unique, int minor, int domain = 0) {
  return fmt::format(
      "cpu_cores_count 0\nsimd_count 80\nvendor_id 4098\ndevice_id 29858\nlocation_id {}\ndomain {}\n"
      "drm_render_minor {}\nunique_id {}\n",
      location, domain, minor, unique);
}

provider_result scan_kfd(const std::vector<std::string> &properties) {
  const hal::test::temporary_directory folder;
  for (std::size_t index = 0; index < properties.size(); ++index) {
    const auto node = folder.path() / std::to_string(index);
    std::filesystem::create_directory(node);
    hal::test::write_file(node / "properties", properties[index]);
  }
  return kfd_provider(folder.path().string()).scan();
}

}  // namespace

TEST_CASE("drm provider: entries of one PCI function are its nodes") {
  const sysfs_tree tree;
  const std::string gpu = "pci0000:00/0000:00:01.0/0000:03:00.0";
  const std::string uevent =
      "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C\nPCI_SUBSYS_ID=1002:0E3B\nPCI_SLOT_NAME=0000:03:00."
      "0\n";
  for (const char *name : {"card1", "renderD128", "card1-DP-1", "version"})
    add_entry(tree, "drm", name, gpu, uevent);
  const provider_result found = scan_drm(tree, pci_functions::read);
  CHECK(found.warnings.empty());
  REQUIRE(found.devices.size() == 1);
  CHECK(found.devices[0].pci == hal::pci_address{0, 3, 0, 0});
  CHECK(found.devices[0].nodes == nodes{"/dev/dri/card1", "/dev/dri/renderD128"});
  CHECK(found.devices[0].driver == "amdgpu");
  CHECK_FALSE(found.devices[0].computes);
  REQUIRE(found.functions.size() == 1);
  CHECK(ids(found.functions[0]) == "1002:744c");
  CHECK(found.functions[0].parent == hal::pci_address{0, 0, 1, 0});
  CHECK(scan_drm(tree).functions.empty());
}

TEST_CASE("drm provider: on other buses what renders counts, and nothing that only shows") {
  const sysfs_tree tree;
  add_entry(tree, "drm", "card0", "platform/13e40000.gpu", "DRIVER=nvgpu\nOF_COMPATIBLE_0=nvidia,gb10\n");
  add_entry(tree, "drm", "renderD128", "platform/13e40000.gpu",
            "DRIVER=nvgpu\nOF_COMPATIBLE_0=nvidia,gb10\n");
  add_entry(tree, "drm", "card1", "platform/display-subsystem", "DRIVER=rockchip-drm\n");
  add_entry(tree, "drm", "card2", "platform/simple-framebuffer.0", "DRIVER=simple-framebuffer\n");
  add_entry(tree, "drm", "renderD129", "platform/vgem", "DRIVER=vgem\n");
  add_entry(tree, "drm", "renderD130", "platform/vkms", "DRIVER=vkms\n");
  add_entry(tree, "drm", "renderD131", "platform/amdgpu_xcp_1", "");
  const provider_result found = scan_drm(tree);
  REQUIRE(found.devices.size() == 1);
  CHECK(found.devices[0].platform == "13e40000.gpu");
  CHECK(found.devices[0].vendor == 0x10de);
  CHECK(found.devices[0].name == "nvidia,gb10");
  CHECK(found.devices[0].computes == hal::device_type::gpu);
  CHECK(found.devices[0].nodes == nodes{"/dev/dri/card0", "/dev/dri/renderD128"});
}

TEST_CASE("drm provider: a device below a PCI function belongs to it; a snapshot holds folders") {
  const sysfs_tree tree;
  add_entry(tree, "drm", "card0", "pci0000:00/0000:00:02.0/virtio0", "DRIVER=virtio_gpu\n");
  REQUIRE(scan_drm(tree, pci_functions::read).devices.size() == 1);
  CHECK(scan_drm(tree, pci_functions::read).devices[0].pci == hal::pci_address{0, 0, 2, 0});
  CHECK(scan_drm(tree, pci_functions::read).functions.empty());

  const sysfs_tree snapshot;
  snapshot.write_path(drm + "card0/device/uevent",
                      "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:73BF\nPCI_SUBSYS_ID=1DA2:440E\n"
                      "PCI_SLOT_NAME=0000:0c:00.0\n" +
                          std::string(100, '\0'));
  const provider_result found = scan_drm(snapshot, pci_functions::read);
  REQUIRE(found.functions.size() == 1);
  CHECK(ids(found.functions[0]) == "1002:73bf");
  CHECK(found.functions[0].subsystem_device == 0x440e);
}

TEST_CASE("drm provider: nothing there is no warning") {
  const sysfs_tree tree;
  CHECK(scan_drm(tree).devices.empty());
  CHECK(scan_drm(tree).warnings.empty());
  CHECK(accel_provider(tree.root() + "/sys/class/accel").scan().warnings.empty());
  CHECK(kfd_provider(tree.root() + "/sys/class/kfd").scan().warnings.empty());
  CHECK(proc_provider(tree.root()).scan().warnings.empty());
}

TEST_CASE("accel provider: everything computes") {
  const sysfs_tree tree;
  add_entry(tree, "accel", "accel0", "pci0000:00/0000:00:0b.0",
            "DRIVER=intel_vpu\nPCI_SLOT_NAME=0000:00:0b.0\n");
  add_entry(tree, "accel", "accel1", "platform/fdab0000.npu", "DRIVER=rocket\n");
  const provider_result found = accel_provider(tree.root() + "/sys/class/accel").scan();
  REQUIRE(found.devices.size() == 2);
  CHECK(found.devices[0].pci == hal::pci_address{0, 0, 0xb, 0});
  CHECK(found.devices[0].nodes == nodes{"/dev/accel/accel0"});
  CHECK(found.devices[1].platform == "fdab0000.npu");
  CHECK(found.devices[1].computes == hal::device_type::npu);
}

TEST_CASE("kfd provider: GPUs in whole, processors left out") {
  const provider_result found = scan_kfd(
      {"cpu_cores_count 64\nsimd_count 0\nvendor_id 0\n", gpu_node(25344, 7, 128), gpu_node(768, 8, 129, 1)});
  CHECK(found.warnings.empty());
  REQUIRE(found.devices.size() == 2);
  CHECK(found.devices[0].pci == hal::pci_address{0, 0x63, 0, 0});
  CHECK_FALSE(found.devices[0].partition);
  CHECK(found.devices[0].vendor == 0x1002);
  CHECK(found.devices[0].device == 0x74a2);
  CHECK(found.devices[0].nodes == nodes{"/dev/kfd", "/dev/dri/renderD128"});
  CHECK(found.devices[1].pci == hal::pci_address{1, 3, 0, 0});
}

TEST_CASE("kfd provider: partitions by the function's number or by the upper bits of the location") {
  for (const bool upper : {false, true}) {
    CAPTURE(upper);
    const auto part = [&](std::uint64_t index) {
      return upper ? gpu_node(0xa00 | index << 28, 0, 128 + static_cast<int>(index))
                   : gpu_node(0xa00 + index, 42, 128 + static_cast<int>(index));
    };
    const provider_result found = scan_kfd({part(2), part(0), part(1), part(3)});
    REQUIRE(found.devices.size() == 4);
    for (std::uint32_t index = 0; index < 4; ++index) {
      CHECK(found.devices[index].pci == hal::pci_address{0, 0xa, 0, 0});
      CHECK(found.devices[index].partition == index);
      CHECK(found.devices[index].nodes.back() == fmt::format("/dev/dri/renderD{}", 128 + index));
    }
  }
  // Two functions of one device are two GPUs when their ids differ.
  CHECK_FALSE(scan_kfd({gpu_node(0xa00, 1, 128), gpu_node(0xa01, 2, 129)}).devices.at(1).partition);
}

TEST_CASE("kfd provider: damage costs a node and no other") {
  const provider_result found =
      scan_kfd({"", "simd_count many\n", "nothing", gpu_node(1ull << 40, 1, 128), gpu_node(768, 1, 129)});
  REQUIRE(found.devices.size() == 1);
  CHECK(found.devices[0].pci == hal::pci_address{0, 3, 0, 0});
  CHECK(found.warnings.size() == 4);
}

TEST_CASE("proc provider: names and nodes of NVIDIA's driver") {
  const sysfs_tree tree;
  tree.write_path("proc/driver/nvidia/gpus/0000:17:00.0/information",
                  "Model: \t\t NVIDIA H200\nIRQ:   \t\t 52\nGPU UUID: \t GPU-0\nDevice Minor: \t 3\n");
  std::filesystem::create_directories(tree.root() + "/proc/driver/nvidia/gpus/0000:18:00.0");
  tree.write_path("proc/driver/nvidia/gpus/notes/information", "Model: x\n");
  const provider_result found = proc_provider(tree.root()).scan();
  CHECK(found.warnings.empty());
  REQUIRE(found.devices.size() == 2);
  const auto &known = found.devices[found.devices[0].name.empty() ? 1 : 0];
  CHECK(known.pci == hal::pci_address{0, 0x17, 0, 0});
  CHECK(known.name == "NVIDIA H200");
  CHECK(known.nodes == nodes{"/dev/nvidia3"});
}

TEST_CASE("proc provider: the list of functions counts only where sysfs has none") {
  const sysfs_tree tree;
  const std::string zeros = "\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0";
  tree.write_path("proc/bus/pci/devices",
                  "1708\t10de2335" + zeros + "\tnvidia\n0010\t80861533" + zeros + "\t\nrubbish\n");
  CHECK(proc_provider(tree.root()).scan().functions.empty());
  std::filesystem::remove_all(tree.bus());
  const provider_result found = proc_provider(tree.root()).scan();
  REQUIRE(found.functions.size() == 2);
  CHECK(found.functions[0].address == hal::pci_address{0, 0x17, 1, 0});
  CHECK(ids(found.functions[0]) == "10de:2335");
  CHECK(found.functions[0].driver == "nvidia");
  CHECK(found.functions[1].driver == "");
  CHECK(found.warnings.size() == 1);
}
