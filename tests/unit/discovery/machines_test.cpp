// Recorded machines against the counts that an independent script took from the same files (EXPECTED.tsv).
#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "discovery/inventory.hpp"
#include "discovery/pci_provider.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/unit/discovery/pci_module.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hal::discovery;

struct expected_machine {
  std::string file;
  std::string kind;
  std::size_t functions = 0;
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
    machines.push_back({columns[0], columns[1], std::stoul(columns[2]), {}});
    if (columns[1] == "sysfs-tar" || columns[1] == "lspci-hex") {
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

// The directory in an unpacked archive that holds sys/.
fs::path find_root(const fs::path &unpacked) {
  for (const auto &entry : fs::recursive_directory_iterator(unpacked)) {
    if (entry.is_directory() && !entry.is_symlink() && entry.path().filename() == "sys") {
      return entry.path().parent_path();
    }
  }
  return unpacked;
}

void check_machine(const expected_machine &machine, const pci_source &source) {
  const pci_provider pci(hal::test::pci_scan(), source);
  const provider_result scanned = pci.scan();
  CHECK(scanned.functions.size() == machine.functions);
  std::map<std::string, std::size_t> counts;
  for (const pci_function &function : scanned.functions) {
    if (is_of_accelerator_class(function)) ++counts[class_and_ids(function)];
  }
  CHECK(counts == machine.of_accelerator_class);

  const std::array<const provider *, 1> providers = {&pci};
  const inventory found = take_inventory({.providers = providers});
  std::map<std::string, std::size_t> real;
  for (const found_device &device : found.devices) ++real[class_and_ids(device.pci)];
  std::map<std::string, std::size_t> expected;
  std::size_t decoys = 0;
  for (const auto &[id, count] : machine.of_accelerator_class) {
    if (is_known_decoy(id)) {
      decoys += count;
    } else {
      expected[id] = count;
    }
  }
  CHECK(real == expected);
  CHECK(found.decoys.size() == decoys);
}

}  // namespace

TEST_CASE("machines: recorded machines hold what an independent count says") {
  if (!hal::test::pci_scan()) return;
  const char *const folder = std::getenv("HAL_TEST_MACHINES");
  if (!folder || !*folder) {
    MESSAGE("skipped: HAL_TEST_MACHINES names no folder of recorded machines");
    return;
  }
  std::size_t checked = 0;
  std::string left_out;
  for (const expected_machine &machine : read_expected(fs::path(folder) / "EXPECTED.tsv")) {
    CAPTURE(machine.file);
    const fs::path file = fs::path(folder) / machine.file;
    if (machine.kind == "sysfs-tar") {
      const hal::test::temporary_directory directory;
      const std::string command = "tar -xf '" + file.string() + "' -C '" + directory.path().string() + "'";
      REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command);
      check_machine(machine, {pci_source_kind::sysfs, find_root(directory.path()).string()});
      ++checked;
    } else if (machine.kind == "lspci-hex") {
      check_machine(machine, {pci_source_kind::dump, file.string()});
      ++checked;
    } else {
      left_out += (left_out.empty() ? "" : ", ") + machine.file + " (" + machine.kind + ")";
    }
  }
  CHECK(checked > 0);
  MESSAGE("checked " << checked << " machines; no reader for: " << left_out);
}
