// The hal-pci module on damaged sources: nothing crashes, nothing blocks, and no device hides another.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "discovery/pci_provider.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

using namespace hal::discovery;
using hal::test::sysfs_tree;

constexpr const char *victim = "0000:00:02.0";
constexpr const char *damaged = "0000:00:1f.2";

provider_result scan_path(pci_source_kind kind, const std::string &path) {
  return pci_provider(hal::test::pci_scan(), {kind, path}).scan();
}

provider_result scan_dump(std::string_view text) {
  const hal::test::temporary_directory directory;
  hal::test::write_file(directory.path() / "dump", text);
  return scan_path(pci_source_kind::dump, (directory.path() / "dump").string());
}

const warning *warning_about(const provider_result &found, std::string_view address) {
  const auto at = std::find_if(found.warnings.begin(), found.warnings.end(), [&](const warning &one) {
    return one.address && to_string(*one.address) == address;
  });
  return at == found.warnings.end() ? nullptr : &*at;
}

// A healthy function and a damaged one: both must be listed, the healthy one in full, the other with a
// warning.
pci_function scan_damaged(const std::function<void(const sysfs_tree &)> &damage) {
  sysfs_tree tree;
  tree.add(victim, {.vendor = "0x10de", .device = "0x2335", .class_code = "0x030200"});
  tree.add(damaged, {.vendor = "0x8086",
                     .device = "0xa282",
                     .class_code = "0x010601",
                     .driver = "ahci",
                     .max_link_speed = "8.0 GT/s PCIe"});
  damage(tree);
  const provider_result found = scan_path(pci_source_kind::sysfs, tree.root());
  REQUIRE(found.functions.size() == 2);
  CHECK(ids(found.functions[0]) == "10de:2335");
  CHECK(found.functions[0].class_code == 0x030200);
  CHECK_FALSE(warning_about(found, victim));
  CHECK(to_string(found.functions[1].address) == damaged);
  const warning *said = warning_about(found, damaged);
  REQUIRE(said);
  INFO(said->text);
  CHECK(said->text.find(damaged) != std::string::npos);
  CHECK(said->text.ends_with('.'));
  return found.functions[1];
}

// libpci reads text that is no number as 0, which is an ordinary revision and an ordinary subsystem.
bool is_noticed(std::string_view attribute, std::string_view kind) {
  return !kind.starts_with("text") || (attribute != "revision" && attribute != "subsystem_vendor");
}

}  // namespace

TEST_CASE("pci damage: a half-removed function hides no other") {
  if (!hal::test::pci_scan()) return;
  const pci_function left = scan_damaged([](const sysfs_tree &tree) {
    for (const char *name :
         {"vendor", "device", "revision", "subsystem_vendor", "subsystem_device", "driver"}) {
      tree.remove(damaged, name);
    }
  });
  CHECK_FALSE(left.vendor);
  CHECK_FALSE(left.device);
  CHECK(left.class_code == 0x010601);
  CHECK(ids(left) == "????:????");
}

TEST_CASE("pci damage: an attribute that is no attribute") {
  if (!hal::test::pci_scan()) return;
  struct damage {
    std::string kind;
    std::function<void(const sysfs_tree &, const char *)> make;
  };
  const auto text = [](const std::string &bytes) {
    return [bytes](const sysfs_tree &tree, const char *name) { tree.write(damaged, name, bytes); };
  };
  const std::vector<damage> kinds = {
      {"text: empty", text("")},
      {"text: a blank line", text("\n")},
      {"text: binary", text(std::string("\x00\xff\x1b[31m", 7))},
      {"text: a word", text("none")},
      {"a million digits", text(std::string(1 << 20, '1'))},
      {"a directory", [](const sysfs_tree &tree, const char *name) { tree.make_directory(damaged, name); }},
      {"a link to itself",
       [](const sysfs_tree &tree, const char *name) { tree.make_link(damaged, name, name); }},
      {"a FIFO", [](const sysfs_tree &tree, const char *name) { tree.make_fifo(damaged, name); }},
  };
  for (const damage &one : kinds) {
    for (const std::string name : {"vendor", "device", "class", "revision", "subsystem_vendor", "numa_node",
                                   "current_link_speed", "max_link_width"}) {
      if (!is_noticed(name, one.kind)) continue;
      CAPTURE(one.kind);
      CAPTURE(name);
      scan_damaged([&](const sysfs_tree &tree) { one.make(tree, name.c_str()); });
    }
  }
}

TEST_CASE("pci damage: one lost fact leaves the others") {
  if (!hal::test::pci_scan()) return;
  const pci_function no_class =
      scan_damaged([](const sysfs_tree &tree) { tree.write(damaged, "class", "junk"); });
  CHECK(ids(no_class) == "8086:a282");
  CHECK_FALSE(no_class.class_code);
  CHECK(no_class.driver == "ahci");

  const pci_function no_vendor =
      scan_damaged([](const sysfs_tree &tree) { tree.write(damaged, "vendor", "0xffff"); });
  CHECK(ids(no_vendor) == "????:a282");
  CHECK(no_vendor.class_code == 0x010601);

  const pci_function null_vendor =
      scan_damaged([](const sysfs_tree &tree) { tree.write(damaged, "vendor", "0x0000"); });
  CHECK(ids(null_vendor) == "????:a282");

  const pci_function no_driver =
      scan_damaged([](const sysfs_tree &tree) { tree.write(damaged, "driver", "ahci"); });
  CHECK(ids(no_driver) == "8086:a282");
  CHECK_FALSE(no_driver.driver);
}

TEST_CASE("pci damage: attributes that this user may not read") {
  if (!hal::test::pci_scan()) return;
  if (::geteuid() == 0) {
    MESSAGE("skipped: root reads everything");
    return;
  }
  const pci_function left =
      scan_damaged([](const sysfs_tree &tree) { tree.forbid_reading(damaged, "vendor"); });
  CHECK(ids(left) == "????:a282");
  scan_damaged([](const sysfs_tree &tree) { tree.forbid_reading(damaged, "max_link_speed"); });
}

TEST_CASE("pci damage: links to unexpected places") {
  if (!hal::test::pci_scan()) return;
  const auto link = [](const char *name, const char *target) {
    return [=](const sysfs_tree &tree) { tree.make_link(damaged, name, target); };
  };
  CHECK_FALSE(scan_damaged(link("driver", "driver")).driver);
  CHECK_FALSE(scan_damaged(link("driver", "../../elsewhere/ahci")).driver);
  CHECK_FALSE(scan_damaged(link("driver", "../drivers/\x1b[31mred")).driver);
  CHECK_FALSE(scan_damaged(link("iommu_group", "../../kernel/iommu_groups/many")).iommu_group);
  CHECK_FALSE(scan_damaged(link("iommu_group", "../../kernel/iommu_groups/99999999999")).iommu_group);
  CHECK_FALSE(scan_damaged(link("physfn", "../nothing")).physical_function);
}

TEST_CASE("pci damage: entries that lead nowhere are listed by their address") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add(victim);
  tree.add_dangling("0000:00:03.0");
  tree.add_looping("0000:00:04.0");
  tree.add_plain_file("0000:00:05.0");
  const provider_result found = scan_path(pci_source_kind::sysfs, tree.root());
  REQUIRE(found.functions.size() == 4);
  CHECK(ids(found.functions[0]) == "8086:0d57");
  for (std::size_t index = 1; index < 4; ++index) {
    CHECK(ids(found.functions[index]) == "????:????");
    CHECK_FALSE(found.functions[index].driver);
    CHECK(warning_about(found, to_string(found.functions[index].address)));
  }
}

TEST_CASE("pci damage: entries that are no address are left out, each with a warning") {
  if (!hal::test::pci_scan()) return;
  sysfs_tree tree;
  tree.add(victim);
  const std::vector<std::string> names = {
      "0000:00:20.0",     "0000:00:02.8", "00:02.0",      "0000:00:02.0.0",
      "123456789:00:0.0", "\x1b[2J\xff",  "0000:AB:00.0", "power"};
  for (const std::string &name : names) tree.add_plain_file(name);
  const provider_result found = scan_path(pci_source_kind::sysfs, tree.root());
  CHECK(found.functions.size() == 1);
  CHECK(found.warnings.size() == names.size());
  for (const warning &said : found.warnings) {
    CHECK(said.text.find("is not a PCI address") != std::string::npos);
    CHECK(said.text.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("pci damage: the device directory is a file, or the path is too long for libpci") {
  if (!hal::test::pci_scan()) return;
  {
    const sysfs_tree tree;
    std::filesystem::remove_all(tree.bus() / "devices");
    hal::test::write_file(tree.bus() / "devices", "x");
    const provider_result found = scan_path(pci_source_kind::sysfs, tree.root());
    CHECK(found.functions.empty());
    CHECK(found.warnings.size() == 1);
  }
  sysfs_tree tree;
  tree.add(victim);
  std::string detour = tree.root();
  while (detour.size() < 2000) detour += "/sys/..";
  const provider_result found = scan_path(pci_source_kind::sysfs, detour);
  REQUIRE(found.functions.size() == 1);
  CHECK(ids(found.functions[0]) == "8086:0d57");
}

TEST_CASE("pci damage: dumps") {
  if (!hal::test::pci_scan()) return;
  const std::string healthy =
      "00:02.0 VGA\n"
      "00: de 10 35 23 00 00 00 00 a1 00 02 03 00 00 00 00\n"
      "\n";
  const auto healthy_only = [](const provider_result &found) {
    REQUIRE_FALSE(found.functions.empty());
    CHECK(ids(found.functions[0]) == "10de:2335");
    CHECK(found.functions[0].class_code == 0x030200);
  };
  SUBCASE("rows that libpci would refuse, or write out of bounds for") {
    for (const char *row :
         {"ffffffff: 00 00", "80000000: 00", "1000: 00", "fff: 00 00", "40: 0", "40: 000", "40: 00  00",
          "40: zz", "40: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "40: ", "40:  00"}) {
      CAPTURE(row);
      const provider_result found = scan_dump(healthy + "00:03.0 X\n" + row + "\n");
      healthy_only(found);
      CHECK(found.functions.size() == 2);
      CHECK(std::any_of(found.warnings.begin(), found.warnings.end(),
                        [](const warning &said) { return said.text.find("Line 5 of the dump") == 0; }));
    }
  }
  SUBCASE("lines of any length, binary, no line feed at the end") {
    healthy_only(scan_dump(std::string(100000, 'x') + "\n" + healthy));
    healthy_only(scan_dump(healthy + std::string(100000, ':')));
    healthy_only(scan_dump(healthy + std::string("\0\xff\x80\n\0", 5)));
    healthy_only(
        scan_dump(healthy + "00:03.0 " + std::string(1000, 'y') + "\n\tCapabilities: [40]\n00: 86 80"));
  }
  SUBCASE("a row before any function, and a function without rows") {
    healthy_only(scan_dump("00: ff ff\n" + healthy));
    const provider_result found = scan_dump(healthy + "00:03.0 Nothing\n");
    REQUIRE(found.functions.size() == 2);
    CHECK(ids(found.functions[1]) == "????:????");
    CHECK(warning_about(found, "0000:00:03.0"));
  }
  SUBCASE("the same address twice counts once") {
    const provider_result found = scan_dump(healthy + healthy);
    healthy_only(found);
    CHECK(found.functions.size() == 1);
    CHECK(found.warnings.size() == 1);
  }
  SUBCASE("a domain that libpci cannot take from a dump") {
    const provider_result found = scan_dump("ffffffff:00:02.0 X\n00: 86 80\n\n" + healthy);
    healthy_only(found);
    CHECK(found.functions.size() == 1);
    CHECK(found.warnings.size() == 1);
  }
  SUBCASE("capabilities that run in a circle") {
    healthy_only(scan_dump(healthy + "00:03.0 Bridge\n"
                                     "00: 86 80 57 0d 07 00 10 00 00 00 04 06 00 00 01 00\n"
                                     "10: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
                                     "20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
                                     "30: 00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
                                     "40: 01 44 00 00 01 40 00 00 00 00 00 00 00 00 00 00\n"));
  }
}

TEST_CASE("pci damage: a dump that is no file") {
  if (!hal::test::pci_scan()) return;
  const sysfs_tree tree;
  for (const std::string &path : {tree.root(), tree.root() + "/absent", std::string()}) {
    const provider_result found = scan_path(pci_source_kind::dump, path);
    CHECK(found.functions.empty());
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].text.find("could not be read") != std::string::npos);
  }
  CHECK(scan_dump("").functions.empty());
}

TEST_CASE("pci damage: scans on several threads do not disturb each other") {
  if (!hal::test::pci_scan()) return;
  std::vector<std::thread> threads;
  std::vector<std::size_t> counts(4);
  for (std::size_t index = 0; index < counts.size(); ++index) {
    threads.emplace_back([index, &counts] {
      sysfs_tree tree;
      for (std::size_t bus = 0; bus <= index; ++bus) tree.add("0000:0" + std::to_string(bus) + ":00.0");
      tree.add(damaged);
      tree.remove(damaged, "vendor");
      for (int round = 0; round < 20; ++round) {
        const provider_result found = scan_path(pci_source_kind::sysfs, tree.root());
        counts[index] += found.functions.size() + found.warnings.size();
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  for (std::size_t index = 0; index < counts.size(); ++index) CHECK(counts[index] == 20 * (index + 3));
}
