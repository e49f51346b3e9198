// The hal-pci module on whole trees and dumps: what is there is read as it is.
#include <doctest/doctest.h>

#include <string>

#include "discovery/pci_provider.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

using namespace hal::discovery;
using hal::test::sysfs_tree;

provider_result scan_tree(const sysfs_tree &tree) {
  return pci_provider(hal::test::pci_scan(), {pci_source_kind::sysfs, tree.root()}).scan();
}

provider_result scan_dump(std::string_view text) {
  const hal::test::temporary_directory directory;
  hal::test::write_file(directory.path() / "dump", text);
  return pci_provider(hal::test::pci_scan(), {pci_source_kind::dump, (directory.path() / "dump").string()})
      .scan();
}

int count_functions(void *user, const hal_pci_function *function) {
  CHECK(function->size >= sizeof(hal_pci_function));
  return ++*static_cast<int *>(user) == 2 ? 1 : 0;
}

}  // namespace

TEST_CASE("pci scan: every fact of a function in sysfs") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:17:00.0", {.vendor = "0x10de",
                            .device = "0x2335",
                            .class_code = "0x030200",
                            .revision = "0xa1",
                            .subsystem_vendor = "0x10de",
                            .subsystem_device = "0x18be",
                            .numa_node = "1",
                            .driver = "nvidia",
                            .iommu_group = "42",
                            .physical_function = std::nullopt,
                            .current_link_speed = "2.5 GT/s PCIe",
                            .current_link_width = "8",
                            .max_link_speed = "32.0 GT/s PCIe",
                            .max_link_width = "16"});
  const provider_result found = scan_tree(tree);
  CHECK(found.warnings.empty());
  REQUIRE(found.functions.size() == 1);
  const pci_function &function = found.functions.front();
  CHECK(function.address == hal::pci_address{0, 0x17, 0, 0});
  CHECK(function.vendor == 0x10de);
  CHECK(function.device == 0x2335);
  CHECK(function.class_code == 0x030200);
  CHECK(function.revision == 0xa1);
  CHECK(function.subsystem_vendor == 0x10de);
  CHECK(function.subsystem_device == 0x18be);
  CHECK(function.numa_node == 1);
  CHECK(function.driver == "nvidia");
  CHECK(function.iommu_group == 42u);
  CHECK_FALSE(function.physical_function);
  CHECK(function.link == pci_link{2500, 8});
  CHECK(function.link_max == pci_link{32000, 16});
}

TEST_CASE("pci scan: what is absent is an answer, not a warning") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:00:02.0", {.revision = std::nullopt,
                            .subsystem_vendor = std::nullopt,
                            .subsystem_device = std::nullopt,
                            .numa_node = std::nullopt});
  tree.add("0000:00:03.0", {.numa_node = "-1", .current_link_speed = "Unknown", .current_link_width = "255"});
  const provider_result found = scan_tree(tree);
  CHECK(found.warnings.empty());
  REQUIRE(found.functions.size() == 2);
  CHECK(found.functions[0].vendor == 0x8086);
  CHECK(found.functions[0].class_code == 0x060000);
  CHECK_FALSE(found.functions[0].revision);
  CHECK_FALSE(found.functions[0].subsystem_vendor);
  CHECK_FALSE(found.functions[0].numa_node);
  CHECK_FALSE(found.functions[0].iommu_group);
  CHECK(found.functions[0].driver == "");
  CHECK_FALSE(found.functions[1].numa_node);
  CHECK(found.functions[1].link == pci_link{});
}

TEST_CASE("pci scan: a virtual function names its physical one") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add("0000:3b:00.0");
  tree.add("0000:3b:00.4", {.physical_function = "0000:3b:00.0"});
  const provider_result found = scan_tree(tree);
  REQUIRE(found.functions.size() == 2);
  CHECK_FALSE(found.functions[0].physical_function);
  CHECK(found.functions[1].physical_function == hal::pci_address{0, 0x3b, 0, 0});
}

TEST_CASE("pci scan: domains of 32 bits, sorted by address") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  for (const char *address : {"10000:e1:00.0", "0000:00:1f.7", "ffffffff:ff:1f.7", "0000:00:02.0"})
    tree.add(address);
  const provider_result found = scan_tree(tree);
  REQUIRE(found.functions.size() == 4);
  CHECK(to_string(found.functions[0].address) == "0000:00:02.0");
  CHECK(to_string(found.functions[1].address) == "0000:00:1f.7");
  CHECK(to_string(found.functions[2].address) == "10000:e1:00.0");
  CHECK(to_string(found.functions[3].address) == "ffffffff:ff:1f.7");
  for (const pci_function &function : found.functions) CHECK(function.vendor == 0x8086);
}

TEST_CASE("pci scan: no PCI bus is an empty list; no sysfs is a warning") {
  if (!hal::test::pci_scan()) return;
  const sysfs_tree tree;
  std::filesystem::remove_all(tree.bus());
  const provider_result none = scan_tree(tree);
  CHECK(none.functions.empty());
  CHECK(none.warnings.empty());

  std::filesystem::remove_all(tree.root() + "/sys");
  const provider_result nothing = scan_tree(tree);
  CHECK(nothing.functions.empty());
  REQUIRE(nothing.warnings.size() == 1);
  CHECK(nothing.warnings[0].text.find("sys/bus/pci/devices could not be opened") != std::string::npos);
}

TEST_CASE("pci scan: a dump") {
  if (!hal::test::pci_scan()) return;
  const provider_result found = scan_dump(
      "09:00.0 VGA compatible controller: something\n"
      "00: 02 10 00 73 07 04 10 00 ca 00 00 03 10 00 80 00\n"
      "10: 0c 00 00 e0 00 00 00 00 0c 00 00 f0 00 00 00 00\n"
      "20: 01 e0 00 00 00 00 80 fe 00 00 00 00 02 10 36 0b\n"
      "30: 00 00 84 fe 48 00 00 00 00 00 00 00 0a 01 00 00\n"
      "\n"
      "10000:01:00.1 Something\r\n"
      "00: 86 80 57 0d 00 00 00 00 01 80 00 12 00 00 00 00 \r\n");
  REQUIRE(found.functions.size() == 2);
  const pci_function &gpu = found.functions[0];
  CHECK(to_string(gpu.address) == "0000:09:00.0");
  CHECK(gpu.vendor == 0x1002);
  CHECK(gpu.device == 0x7300);
  CHECK(gpu.class_code == 0x030000);
  CHECK(gpu.revision == 0xca);
  CHECK(gpu.subsystem_vendor == 0x1002);
  CHECK(gpu.subsystem_device == 0x0b36);
  CHECK_FALSE(gpu.driver);
  CHECK_FALSE(gpu.numa_node);
  const pci_function &other = found.functions[1];
  CHECK(to_string(other.address) == "10000:01:00.1");
  CHECK(other.class_code == 0x120080);
  CHECK_FALSE(other.subsystem_vendor);
  CHECK(found.warnings.empty());
}

TEST_CASE("pci scan: requests that are not well formed call nothing") {
  const auto scan = hal::test::pci_scan();
  if (!scan) return;
  int count = 0;
  const hal_pci_scan_request request = {sizeof request, HAL_PCI_SOURCE_SYSFS, "/", HAL_PCI_DETAIL_ALL};
  const hal_pci_scan_sink sink = {sizeof sink, &count, count_functions, nullptr, nullptr};
  CHECK(scan(nullptr, &sink) == HAL_PCI_SCAN_INVALID);
  CHECK(scan(&request, nullptr) == HAL_PCI_SCAN_INVALID);
  auto wrong = request;
  wrong.size = sizeof request - 1;
  CHECK(scan(&wrong, &sink) == HAL_PCI_SCAN_INVALID);
  wrong = request;
  wrong.source = 3;
  CHECK(scan(&wrong, &sink) == HAL_PCI_SCAN_INVALID);
  wrong = request;
  wrong.detail = 0;
  CHECK(scan(&wrong, &sink) == HAL_PCI_SCAN_INVALID);
  wrong.detail = HAL_PCI_DETAIL_CHOSEN;  // and nobody to choose
  CHECK(scan(&wrong, &sink) == HAL_PCI_SCAN_INVALID);
  wrong = request;
  wrong.path = nullptr;
  CHECK(scan(&wrong, &sink) == HAL_PCI_SCAN_INVALID);
  auto deaf = sink;
  deaf.function = nullptr;
  CHECK(scan(&request, &deaf) == HAL_PCI_SCAN_INVALID);
  CHECK(count == 0);
}

TEST_CASE("pci scan: ends when the caller has enough, without a warning callback too") {
  const auto scan = hal::test::pci_scan();
  if (!scan) return;
  sysfs_tree tree;
  for (const char *address : {"0000:00:01.0", "0000:00:02.0", "0000:00:03.0"}) tree.add(address);
  tree.add_dangling("0000:00:04.0");
  int count = 0;
  const std::string root = tree.root();
  const hal_pci_scan_request request = {sizeof request, HAL_PCI_SOURCE_SYSFS, root.c_str(),
                                        HAL_PCI_DETAIL_ALL};
  const hal_pci_scan_sink sink = {sizeof sink, &count, count_functions, nullptr, nullptr};
  CHECK(scan(&request, &sink) == HAL_PCI_SCAN_STOPPED);
  CHECK(count == 2);
}
