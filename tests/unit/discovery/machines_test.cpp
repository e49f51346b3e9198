// Recorded machines against the counts that an independent script took from the same files (EXPECTED.tsv).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/hardware.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hal::discovery;

struct expected_machine {
  std::string file;
  std::string kind;
  std::size_t functions = 0;
  std::string devices;                                      // the column of devices as it is
  std::map<std::string, std::size_t> of_accelerator_class;  // "0302 10de:15f8" -> count
};

// "0300 1af4:1050 x1; 0302 10de:15f8 x1"
std::map<std::string, std::size_t> parse_counts(const std::string &text) {
  std::map<std::string, std::size_t> counts;
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, ';');) {
    std::istringstream words(entry);
    std::string class_text;
    std::string id;
    std::string times;
    if (words >> class_text >> id >> times) {
      counts[class_text.append(" ").append(id)] += std::stoul(times.substr(1));
    }
  }
  return counts;
}

std::vector<expected_machine> read_expected(const fs::path &path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path.string());
  std::vector<expected_machine> machines;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> columns;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) columns.push_back(cell);
    REQUIRE(columns.size() >= 4);
    machines.push_back({columns[0], columns[1], std::stoul(columns[2]), columns[3], {}});
    if (columns[1] != "kfd-topology-tar") {
      machines.back().of_accelerator_class = parse_counts(columns[3]);
    }
  }
  return machines;
}

// The oracle's rule: base class 03 or 12, or 0b40.
bool is_of_accelerator_class(const pci_function &function) {
  if (!function.class_code) return false;
  const std::uint32_t base = *function.class_code >> 16;
  return base == 0x03 || base == 0x12 || *function.class_code >> 8 == 0x0b40;
}

std::string class_and_ids(const pci_function &function) {
  char text[8];
  std::snprintf(text, sizeof text, "%04x ", function.class_code.value_or(0) >> 8);
  return text + ids(function);
}

// What the table makes of the functions of these machines; everything else of an accelerator class is real.
bool is_known_decoy(const std::string &id) {
  for (const char *decoy :
       {"1af4:1050", "1b36:0005", "1013:00b8", "1a03:2000", "8086:37c8", "102b:0525", "1014:00e0"}) {
    if (id.ends_with(decoy)) return true;
  }
  return false;
}

void check_machine(const expected_machine &machine, const fs::path &path) {
  const inventory found = hal::rt::look_at_hardware(path, {});
  CHECK(found.functions.size() == machine.functions);
  std::map<std::string, std::size_t> counts;
  for (const pci_function &function : found.functions) {
    if (is_of_accelerator_class(function)) ++counts[class_and_ids(function)];
  }
  CHECK(counts == machine.of_accelerator_class);

  std::map<std::string, std::size_t> real;
  for (const found_device &device : found.devices) ++real[class_and_ids(device.pci)];
  std::map<std::string, std::size_t> expected;
  // Decoys of no accelerator class: NVSwitch.
  auto decoys = static_cast<std::size_t>(
      std::count_if(found.functions.begin(), found.functions.end(),
                    [](const pci_function &function) { return ids(function) == "10de:1af1"; }));
  for (const auto &[id, count] : machine.of_accelerator_class) {
    if (is_known_decoy(id)) {
      decoys += count;
    } else {
      expected[id] = count;
    }
  }
  CHECK(real == expected);
  CHECK(found.decoys.size() == decoys);
  for (const pci_function &function : found.functions) {
    CAPTURE(to_string(function.address));
    if (machine.kind != "lspci-nn-text" && machine.kind != "drm-sysfs-tar") CHECK(function.root);
    if (!function.parent) continue;
    const auto is_parent = [&](const pci_function &other) { return other.address == *function.parent; };
    CHECK(std::any_of(found.functions.begin(), found.functions.end(), is_parent));
  }
}

// "kfd 1002:74a2 gfx90402 xcc1 x32": the logical devices. The oracle's total counts processors, too.
void check_kfd(const expected_machine &machine, const std::string &expected, const fs::path &path) {
  const inventory found = hal::rt::look_at_hardware(path, {});
  CHECK(found.functions.empty());
  std::istringstream words(expected);
  std::string id;
  words >> id >> id;
  const std::size_t count = std::stoul(expected.substr(expected.rfind('x') + 1));
  CHECK(found.devices.size() == count);
  CHECK(machine.functions == count + 2);
  std::map<hal::pci_address, std::uint32_t> parts;
  std::set<std::string> render_nodes;
  for (const found_device &device : found.devices) {
    CHECK(ids(device.pci) == id);
    CHECK(device.pci.address.function == 0);
    const std::uint32_t part = parts[device.pci.address]++;
    if (device.partition) CHECK(*device.partition == part);
    REQUIRE(device.nodes.size() == 2);
    CHECK(device.nodes[0] == "/dev/kfd");
    CHECK(render_nodes.insert(device.nodes[1]).second);
  }
  CHECK(parts.size() == 8);
}

}  // namespace

TEST_CASE("machines: recorded machines hold what an independent count says") {
  if (!hal::test::pci_scan()) return;
  const char *const folder = std::getenv("HAL_TEST_MACHINES");
  if (!folder || !*folder) {
    MESSAGE("skipped: HAL_TEST_MACHINES names no folder of recorded machines");
    return;
  }
  const std::vector<expected_machine> machines = read_expected(fs::path(folder) / "EXPECTED.tsv");
  CHECK_FALSE(machines.empty());
  for (const expected_machine &machine : machines) {
    CAPTURE(machine.file);
    fs::path path = fs::path(folder) / machine.file;
    const hal::test::temporary_directory directory;
    if (machine.kind.ends_with("-tar")) {
      const std::string command = "tar -xf '" + path.string() + "' -C '" + directory.path().string() + "'";
      REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command);
      path = directory.path();
    }
    if (machine.kind == "kfd-topology-tar") {
      check_kfd(machine, machine.devices, path);
    } else {
      check_machine(machine, path);
    }
  }
}

TEST_CASE("machines: what the recordings tell beyond ids") {
  if (!hal::test::pci_scan()) return;
  const char *const folder = std::getenv("HAL_TEST_MACHINES");
  if (!folder || !*folder) return;
  const auto look = [&](const std::string &file) {
    return hal::rt::look_at_hardware(fs::path(folder) / file, {}, hal::rt::hardware_detail::all);
  };
  const auto at = [](const inventory &found, std::string_view address) {
    const auto function =
        std::find_if(found.functions.begin(), found.functions.end(),
                     [address](const pci_function &one) { return to_string(one.address) == address; });
    REQUIRE(function != found.functions.end());
    return *function;
  };
  const inventory fiji = look("pciutils/cap-rebar");
  REQUIRE(fiji.devices.size() == 1);
  REQUIRE(fiji.devices[0].pci.bar);
  CHECK(fiji.devices[0].pci.bar->size == 256u << 20);
  CHECK(fiji.devices[0].pci.bar->most == 4ull << 30);

  const inventory laptop = look("pciutils/cap-exp-lnkcap2");
  REQUIRE(laptop.devices.size() == 1);
  CHECK(laptop.devices[0].pci.link_max.width == 4);
  CHECK(laptop.devices[0].pci.parent);

  const inventory board = look("pciutils/tree-asus-p6t6");
  REQUIRE(board.devices.size() == 1);
  const pci_function bridge = at(board, to_string(*board.devices[0].pci.parent));
  CHECK((bridge.class_code.value_or(0) >> 8) == 0x0604u);
}
