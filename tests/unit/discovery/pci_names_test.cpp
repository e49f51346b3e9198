#include "discovery/pci_names.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/sysfs_tree.hpp"

namespace {

using hal::discovery::pci_names;
using hal::discovery::printable;

constexpr const char *ordinary =
    "#\n"
    "#\tList of PCI ID's\n"
    "#\n"
    "\n"
    "0001  SafeNet (wrong ID)\n"
    "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
    "# a comment between\n"
    "\t1304  Kaveri\n"
    "\t74a1  Aqua Vanjaram [Instinct MI300X]\n"
    "\t\t1002 74a1  Some card\n"
    "10de  NVIDIA Corporation\n"
    "\t0008  NV1 [STG2000]\n"
    "\t2335  GH100 [H200 SXM 141GB]\n"
    "\t\t10de 18be  Board\n"
    "\t2342  GH100 [GH200 120GB / 480GB]\n"
    "15cf  Hilscher Gesellschaft f\xc3\xbcr Systemautomation mbH\n"
    "ffff  Illegal Vendor ID\n"
    "\n"
    "C 00  Unclassified device\n"
    "\t00  Non-VGA unclassified device\n"
    "C 03  Display controller\n";

// Keeps the file as long as the names are used.
struct names_of {
  explicit names_of(std::string_view text) {
    hal::test::write_file(directory.path() / "pci.ids", text);
    names.emplace((directory.path() / "pci.ids").string());
  }
  const pci_names *operator->() const { return &*names; }

  hal::test::temporary_directory directory;
  std::optional<pci_names> names;
};

}  // namespace

TEST_CASE("pci names: vendors and devices, first, middle and last") {
  const names_of names(ordinary);
  CHECK(names->available());
  CHECK(names->get(0x0001, 0).vendor == "SafeNet (wrong ID)");
  CHECK(names->get(0x1002, 0).vendor == "Advanced Micro Devices, Inc. [AMD/ATI]");
  CHECK(names->get(0x10de, 0).vendor == "NVIDIA Corporation");
  CHECK(names->get(0x15cf, 0).vendor == "Hilscher Gesellschaft f\xc3\xbcr Systemautomation mbH");
  CHECK(names->get(0xffff, 0).vendor == "Illegal Vendor ID");
  CHECK(names->get(0x1002, 0x1304).device == "Kaveri");
  CHECK(names->get(0x1002, 0x74a1).device == "Aqua Vanjaram [Instinct MI300X]");
  CHECK(names->get(0x10de, 0x0008).device == "NV1 [STG2000]");
  CHECK(names->get(0x10de, 0x2335).device == "GH100 [H200 SXM 141GB]");
  CHECK(names->get(0x10de, 0x2342).device == "GH100 [GH200 120GB / 480GB]");
}

TEST_CASE("pci names: an id that is not in the file falls back to its number") {
  const names_of names(ordinary);
  CHECK(names->get(0x0000, 0).vendor == "0000");
  CHECK(names->get(0x1001, 0).vendor == "1001");
  CHECK(names->get(0xc000, 0).vendor == "c000");
  CHECK(names->get(0x10de, 0x0000).device == "10de:0000");
  CHECK(names->get(0x10de, 0x1304).device == "10de:1304");
  CHECK(names->get(0x10de, 0xffff).device == "10de:ffff");
  CHECK(names->get(0x10de, 0x10de).device == "10de:10de");
  CHECK(names->get(0x4242, 0x0008).device == "4242:0008");
  CHECK(names->get(0xffff, 0x0000).device == "ffff:0000");
  CHECK(names->find(0x4242, 0x0008) == pci_names::names{});
  CHECK(names->find(0x10de, 0xffff) == pci_names::names{"NVIDIA Corporation", ""});
}

TEST_CASE("pci names: every id is found whatever the file's size and shape") {
  std::string text;
  for (int vendor = 1; vendor < 200; vendor += 2) {
    char line[64];
    std::snprintf(line, sizeof line, "%04x  vendor %d\n", vendor, vendor);
    text += line;
    for (int device = 0; device < vendor % 17; ++device) {
      std::snprintf(line, sizeof line, "\t%04x  device %d of %d\n", device * 3, device, vendor);
      text += line;
      if (device % 3 == 0) text += "\t\t1111 2222  a rather long line about a board that nobody asked for\n";
    }
  }
  const names_of names(text);
  for (int vendor = 0; vendor < 201; ++vendor) {
    const bool there = vendor % 2 == 1 && vendor < 200;
    for (int device = 0; device < 60; ++device) {
      const auto found = names->find(static_cast<std::uint16_t>(vendor), static_cast<std::uint16_t>(device));
      pci_names::names expected;
      if (there) expected.vendor = "vendor " + std::to_string(vendor);
      if (there && device % 3 == 0 && device / 3 < vendor % 17) {
        expected.device = "device " + std::to_string(device / 3) + " of " + std::to_string(vendor);
      }
      REQUIRE(found.vendor == expected.vendor);
      REQUIRE(found.device == expected.device);
    }
  }
}

TEST_CASE("pci names: files that are no pci.ids") {
  for (const std::string &text :
       {std::string(), std::string("\n"), std::string("10de"), std::string("10de "), std::string("10de  "),
        std::string("\t2335  orphan\n"), std::string(5000, '\n'), std::string(5000, '\t'),
        std::string(5000, '1'), std::string("\0\0\0\0\0\0\0\0", 8),
        std::string("ffff  z\n10de  a\n0001  b\n"), std::string(3000, '\xff')}) {
    const names_of names(text);
    for (const std::uint16_t vendor : {0x0000, 0x0001, 0x10de, 0x1111, 0xffff}) {
      CHECK_FALSE(names->get(vendor, 0).vendor.empty());
      CHECK_FALSE(names->get(vendor, 0x2335).device.empty());
    }
  }
  const hal::test::temporary_directory directory;
  const pci_names folder(directory.path().string());
  CHECK_FALSE(folder.available());
  CHECK(folder.get(0x10de, 0x2335) == pci_names::names{"10de", "10de:2335"});
  const pci_names absent((directory.path() / "absent").string());
  CHECK(absent.get(0x10de, 0x2335) == pci_names::names{"10de", "10de:2335"});
}

TEST_CASE("pci names: names are fit to print") {
  const names_of names("10de  \x1b[31mred\x07\xff\xc3\n\t2335  " + std::string(1000, 'x') + "\r\n");
  CHECK(names->get(0x10de, 0).vendor == "?[31mred???");
  CHECK(names->get(0x10de, 0x2335).device == std::string(160, 'x'));

  CHECK(printable("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80") == "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(printable("\xc0\x80") == "??");
  CHECK(printable("\xed\xa0\x80") == "???");
  CHECK(printable("\xf4\x90\x80\x80") == "????");
  CHECK(printable("\xc2\x9b") == "?");
  CHECK(printable("\xe2\x82") == "??");
  CHECK(printable("ab\xc3\xbc", 3) == "ab");
}
