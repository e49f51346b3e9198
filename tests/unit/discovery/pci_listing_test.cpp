#include "discovery/pci_listing.hpp"

#include <doctest/doctest.h>

#include "discovery/inventory.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {

using namespace hal::discovery;

}  // namespace

TEST_CASE("pci listing: address, class, ids and revision of a line") {
  const provider_result found = read_pci_listing(
      "17:00.0 3D controller [0302]: NVIDIA Corporation GH100 [H200 SXM 141GB] [10de:2335] (rev a1)\r\n"
      "\tSubsystem: NVIDIA Corporation Device [10de:18be]\n"
      "\tKernel driver in use: nvidia\n"
      "\n"
      "10000:01:00.0 Non-Volatile memory controller [0108]: X [1234:5678] (prog-if 02 [NVM Express])\n");
  CHECK(found.warnings.empty());
  REQUIRE(found.functions.size() == 2);
  CHECK(found.functions[0].address == hal::pci_address{0, 0x17, 0, 0});
  CHECK(found.functions[0].class_code == 0x030200u);
  CHECK(ids(found.functions[0]) == "10de:2335");
  CHECK(found.functions[0].revision == 0xa1);
  CHECK(found.functions[0].driver == "nvidia");
  CHECK(found.functions[1].address.domain == 0x10000);
  CHECK(ids(found.functions[1]) == "1234:5678");
  CHECK(found.functions[1].driver == "");
}

TEST_CASE("pci listing: eight GPUs in eight domains, and switches that are none") {
  const std::string file = std::string(HAL_TEST_MACHINE_FIXTURES) + "/eight-domains.txt";
  const pci_listing_provider listing(file);
  const provider *const providers[] = {&listing};
  const inventory found = take_inventory({.providers = providers, .names_path = "/nonexistent"});
  CHECK(found.warnings.empty());
  CHECK(found.functions.size() == 15);
  REQUIRE(found.devices.size() == 8);
  CHECK(to_string(found.devices[0].pci.address) == "0001:00:00.0");
  CHECK(to_string(found.devices[7].pci.address) == "000e:00:00.0");
  CHECK(found.decoys.size() == 6);
  CHECK_FALSE(found.devices[0].pci.driver);
}

TEST_CASE("pci listing: what is no line of one is left out with a warning") {
  for (const char *line : {"17:00.0", "17:00.0 VGA: no classes", "17:00.0 VGA [0300]: no ids", "hello",
                           "17:00.0 VGA [03zz]: X [10de:2335]", "17:00.0 VGA [0300]: X [10de:23",
                           "[0300]: [10de:2335]", "17:00.0 0300]: X [10de:2335]"}) {
    CAPTURE(line);
    const provider_result found = read_pci_listing(line);
    CHECK(found.functions.empty());
    CHECK(found.warnings.size() == 1);
  }
  CHECK(pci_listing_provider("/nonexistent").scan().warnings.size() == 1);
}

TEST_CASE("pci listing: what a file of text holds") {
  CHECK(kind_of_pci_text("") == pci_text::neither);
  CHECK(kind_of_pci_text("hello\n00: 01 02\n") == pci_text::neither);
  CHECK(kind_of_pci_text("17:00.0 Something\n00: 86 80\n") == pci_text::dump);
  CHECK(kind_of_pci_text("17:00.0 VGA [0300]: X [10de:2335]\n") == pci_text::listing);
  CHECK(kind_of_pci_text("17:00.0 VGA [0300]: X [10de:2335]\n00: de 10\n") == pci_text::dump);
}
