// What the hal-pci module reads beyond ids, and when it reads it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "discovery/pci_provider.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

using namespace hal::discovery;
using hal::test::sysfs_function;
using hal::test::sysfs_tree;

constexpr const char *gpu = "0000:02:00.0";
const sysfs_function a_gpu = {.vendor = "0x10de",
                              .device = "0x2335",
                              .class_code = "0x030200",
                              .numa_node = "1",
                              .driver = "nvidia",
                              .current_link_speed = "16.0 GT/s PCIe",
                              .current_link_width = "8",
                              .max_link_speed = "32.0 GT/s PCIe",
                              .max_link_width = "16",
                              .below = "0000:01:00.0",
                              .uevent = true};
const sysfs_function a_bridge = {
    .class_code = "0x060400", .max_link_speed = "32.0 GT/s PCIe", .max_link_width = "16", .uevent = true};

provider_result scan(const sysfs_tree &tree, std::function<bool(const pci_function &)> wants = {}) {
  return pci_provider(hal::test::pci_scan(), {pci_source_kind::sysfs, tree.root(), std::move(wants)}).scan();
}

pci_function find(const provider_result &found, std::string_view address) {
  const auto at = std::find_if(found.functions.begin(), found.functions.end(),
                               [&](const pci_function &one) { return to_string(one.address) == address; });
  REQUIRE(at != found.functions.end());
  return *at;
}

std::string configuration(std::initializer_list<std::pair<std::size_t, std::uint32_t>> words) {
  std::string bytes(4096, '\0');
  for (const auto &[at, value] : words) {
    for (std::size_t byte = 0; byte < 4; ++byte) bytes[at + byte] = static_cast<char>(value >> (8 * byte));
  }
  return bytes;
}

// PCI Express at 40, resizable windows at 100: window 1 of 256 MiB that can take 256 MiB to 32 GiB.
const std::string resizable = configuration({{0x00, 0x233510de},
                                             {0x04, 0x00100000},
                                             {0x34, 0x40},
                                             {0x40, 0x00020010},
                                             {0x100, 0x00010015},
                                             {0x104, 0x000f'f000},
                                             {0x108, 0x00000821}});

}  // namespace

TEST_CASE("pci details: only of those that are wanted and of the bridge right above") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:01.0", a_bridge);
  sysfs_function below = a_bridge;
  below.below = "0000:00:01.0";
  tree.add("0000:01:00.0", below);
  tree.add(gpu, a_gpu);
  tree.write("0000:00:01.0", "numa_node", "junk");  // would be a warning if it were read
  const provider_result found =
      scan(tree, [](const pci_function &function) { return function.class_code == 0x030200u; });
  CHECK(found.warnings.empty());
  REQUIRE(found.functions.size() == 3);
  CHECK(find(found, gpu).numa_node == 1);
  CHECK(find(found, gpu).link == pci_link{16000, 8});
  CHECK(find(found, "0000:01:00.0").link_max == pci_link{32000, 16});
  CHECK(find(found, "0000:00:01.0").link_max == pci_link{});
  CHECK_FALSE(find(found, "0000:00:01.0").revision);
  CHECK(find(found, "0000:00:01.0").class_code == 0x060400u);

  const provider_result all = scan(tree);
  CHECK(all.warnings.size() == 1);
  CHECK(find(all, "0000:00:01.0").link_max == pci_link{32000, 16});
}

TEST_CASE("pci details: identity from uevent alone, from attributes where it does not tell") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:02.0", {.vendor = "0x10de", .device = "0x2335", .driver = "nvidia", .uevent = true});
  tree.write("0000:00:02.0", "vendor", "0x1234");
  CHECK(ids(scan(tree).functions.at(0)) == "10de:2335");
  CHECK(scan(tree).functions.at(0).driver == "nvidia");
  for (const char *text :
       {"", "PCI_CLASS=30200\nPCI_ID=10DE:2335\n", "PCI_CLASS=30200\nPCI_ID=10DE\n",
        "PCI_CLASS=30200\nPCI_ID=0000:2335\nPCI_SUBSYS_ID=0:0\nPCI_SLOT_NAME=0000:00:02.0\n",
        "PCI_CLASS=30200\nPCI_ID=10DE:2335\nPCI_SUBSYS_ID=0000:0000\nPCI_SLOT_NAME=0000:00:03.0\n"}) {
    CAPTURE(text);
    tree.write("0000:00:02.0", "uevent", text);
    CHECK(ids(scan(tree).functions.at(0)) == "1234:2335");
  }
  tree.make_fifo("0000:00:02.0", "uevent");
  CHECK(ids(scan(tree).functions.at(0)) == "1234:2335");
}

TEST_CASE("pci details: surroundings, power, virtual functions and interfaces") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:02.0", {.class_code = "0x020000", .uevent = true});
  tree.write("0000:00:02.0", "local_cpulist", "0-15,64-79\n");
  tree.write("0000:00:02.0", "sriov_numvfs", "4\n");
  tree.write_path("sys/devices/pci0000:00/0000:00:02.0/power/runtime_status", "active\n");
  for (const char *name : {"net/eth1/x", "net/eth0/x", "infiniband/mlx5_0/x", "accel/accel0/x"})
    tree.write_path("sys/devices/pci0000:00/0000:00:02.0/" + std::string(name), "");
  const provider_result found = scan(tree);
  CHECK(found.warnings.empty());
  const pci_function &function = found.functions.at(0);
  CHECK(function.local_cpus == "0-15,64-79");
  CHECK(function.runtime_status == "active");
  CHECK(function.virtual_functions == 4u);
  CHECK(function.interfaces == std::vector<std::string>{"accel0", "mlx5_0", "eth0", "eth1"});
}

TEST_CASE("pci details: the largest resizable window, from sysfs or from configuration space") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:02.0", {.class_code = "0x030000", .uevent = true});
  CHECK_FALSE(scan(tree).functions.at(0).bar);

  tree.write("0000:00:02.0", "config", resizable);
  CHECK(scan(tree).functions.at(0).bar == resizable_bar{256u << 20, 32ull << 30});

  tree.write("0000:00:02.0", "resource0_resize", "0000000000000100\n");
  tree.write("0000:00:02.0", "resource2_resize", "0000000000003f00\n");
  tree.write("0000:00:02.0", "resource",
             "0x00000000f0000000 0x00000000ffffffff 0x000000000014220c\n"
             "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
             "0x0000004000000000 0x00000043ffffffff 0x000000000014220c\n");
  CHECK(scan(tree).functions.at(0).bar == resizable_bar{16ull << 30, 8ull << 30});
  tree.write("0000:00:02.0", "resource2_resize", "ffffffffffffffff\n");
  CHECK(scan(tree).warnings.size() == 1);
}

TEST_CASE("pci details: a suspended function is not woken") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:02.0", {.class_code = "0x030000", .current_link_speed = "8.0 GT/s PCIe", .uevent = true});
  tree.write("0000:00:02.0", "config", resizable);
  tree.write("0000:00:02.0", "resource0_resize", "junk\n");
  for (const char *status : {"suspended", "suspending"}) {
    tree.write_path("sys/devices/pci0000:00/0000:00:02.0/power/runtime_status", std::string(status) + "\n");
    const provider_result found = scan(tree);
    CHECK(found.warnings.empty());
    CHECK(found.functions.at(0).runtime_status == status);
    CHECK(found.functions.at(0).link == pci_link{});
    CHECK_FALSE(found.functions.at(0).bar);
  }
}

TEST_CASE("pci details: the place, by the path of the directory") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:0e.0", {.class_code = "0x010400"});
  tree.add("10000:e0:06.0", {.class_code = "0x060400", .root = "pci0000:00/0000:00:0e.0/pci10000:e0"});
  tree.add("10000:e1:00.0", {.below = "10000:e0:06.0"});
  const provider_result found = scan(tree);
  CHECK(find(found, "0000:00:0e.0").root == pci_bus{0, 0});
  CHECK_FALSE(find(found, "0000:00:0e.0").parent);
  CHECK(find(found, "10000:e0:06.0").root == pci_bus{0x10000, 0xe0});
  CHECK_FALSE(find(found, "10000:e0:06.0").parent);
  CHECK(find(found, "10000:e1:00.0").root == pci_bus{0x10000, 0xe0});
  CHECK(find(found, "10000:e1:00.0").parent == hal::pci_address{0x10000, 0xe0, 6, 0});
}

TEST_CASE("pci details: a bridge that the bus folder lacks is read where it is") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:01.0", a_bridge);
  tree.add("0000:01:00.0", {.below = "0000:00:01.0"});
  std::filesystem::remove(tree.bus() / "devices/0000:00:01.0");
  const provider_result found = scan(tree);
  REQUIRE(found.functions.size() == 2);
  CHECK(found.warnings.empty());
  CHECK(found.functions[0].class_code == 0x060400u);
  CHECK(found.functions[1].parent == found.functions[0].address);
}

TEST_CASE("pci details: the place in a tree without links, by bus numbers") {
  if (!hal::test::pci_scan()) return;
  const sysfs_tree tree;
  const auto add = [&](const std::string &address, const std::string &class_code) {
    const std::string folder = "sys/bus/pci/devices/" + address + "/";
    tree.write_path(folder + "vendor", "0x8086\n");
    tree.write_path(folder + "device", "0x0001\n");
    tree.write_path(folder + "class", class_code + "\n");
    return folder;
  };
  const std::string bridge = add("0000:00:01.0", "0x060400");
  tree.write_path(bridge + "secondary_bus_number", "1\n");
  tree.write_path(bridge + "subordinate_bus_number", "3\n");
  tree.write_path(add("0000:01:00.0", "0x060400") + "config", configuration({{0x18, 0x00020201}}));
  add("0000:02:00.0", "0x030000");
  add("0000:03:00.0", "0x030000");  // in the range of the upper bridge only
  add("0000:80:00.0", "0x030000");
  const provider_result found = scan(tree);
  CHECK(find(found, "0000:02:00.0").parent == hal::pci_address{0, 1, 0, 0});
  CHECK(find(found, "0000:02:00.0").root == pci_bus{0, 0});
  CHECK(find(found, "0000:03:00.0").parent == hal::pci_address{0, 0, 1, 0});
  CHECK_FALSE(find(found, "0000:80:00.0").parent);
  CHECK(find(found, "0000:80:00.0").root == pci_bus{0, 0x80});
}

TEST_CASE("pci details: many functions take time in proportion") {
  if (!hal::test::pci_scan()) return;
  // Not a measure of time: that a scan opens nothing of a function but one file shows in what it misses.
  sysfs_tree tree;
  for (int bus = 0; bus < 70; ++bus) {
    for (int device = 0; device < 8; ++device) {
      char address[32];
      std::snprintf(address, sizeof address, "0000:%02x:%02x.0", static_cast<unsigned>(bus),
                    static_cast<unsigned>(device));
      tree.add(address, {.driver = "pcieport", .root = "pci0000:00", .uevent = true});
      tree.write(address, "numa_node", "junk");
      tree.remove(address, "vendor");
    }
  }
  const provider_result found = scan(tree, [](const pci_function &) { return false; });
  CHECK(found.functions.size() == 560);
  CHECK(found.warnings.empty());
}
