#include "devices/capability.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "tests/abi/layout.hpp"

namespace {

using hal::device_info;
using hal::devices::capabilities;
using hal::devices::capability;
using hal::devices::capability_value;
using hal::devices::find_capability;
using hal::devices::matches;

TEST_CASE("capabilities: keys are unique and can be typed") {
  std::set<std::string_view> keys;
  for (const capability &entry : capabilities()) {
    CAPTURE(std::string(entry.key));
    CHECK(keys.insert(entry.key).second);
    CHECK(entry.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
    CHECK_FALSE(entry.meaning.empty());
    CHECK_FALSE(entry.group.empty());
    CHECK(find_capability(entry.key) == &entry);
  }
  CHECK(find_capability("") == nullptr);
  CHECK(find_capability("Memory") == nullptr);
}

TEST_CASE("capabilities: the page about them has every key, and no other") {
  std::ifstream file(HAL_TEST_DOCS "/capabilities.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(page.empty());
  std::size_t at = page.find("## Keys");
  REQUIRE(at != std::string::npos);
  for (const capability &entry : capabilities()) {
    const std::string line = "\n| `" + std::string(entry.key) + "` | " + std::string(entry.unit) + " | " +
                             std::string(entry.meaning) + " |";
    const std::size_t found = page.find(line, at);
    CHECK_MESSAGE(found != std::string::npos, "the page lacks, in this order:" << line);
    if (found != std::string::npos) at = found + 1;
  }
  const std::size_t end = page.find("\n## ", at);
  CHECK(page.substr(at, end - at).find("\n| `") == std::string::npos);
}

TEST_CASE("capabilities: groups stand together") {
  std::set<std::string_view> done;
  std::string_view group;
  for (const capability &entry : capabilities()) {
    if (entry.group == group) continue;
    CHECK(done.insert(entry.group).second);
    group = entry.group;
  }
}

// How many capabilities a change of one fact changes.
template <typename Change>
int changed_by(Change &&change) {
  device_info info;
  change(info);
  int changed = 0;
  for (const capability &entry : capabilities())
    changed += entry.read(info) != entry.read(device_info{}) ? 1 : 0;
  return changed;
}

TEST_CASE("capabilities: every fact can be asked for") {
  // What is left out names a device and is what selectors are for: index, identity, PCI ids.
#define CHECK_REACHED(change) CHECK(changed_by([](device_info &info) { change; }) == 1)
  CHECK_REACHED(info.plugin = "x");
  CHECK_REACHED(info.type = hal::device_type::dsp);
  CHECK_REACHED(info.name = "x");
  CHECK_REACHED(info.vendor = "x");
  CHECK_REACHED(info.driver_version = "x");
  CHECK_REACHED(info.memory_total = 1);
  CHECK_REACHED(info.max_allocation = 1);
  CHECK_REACHED(info.memory_bandwidth = 1);
  CHECK_REACHED(info.l2_cache_size = 1);
  CHECK_REACHED(info.memory_bus_width = 1);
  CHECK_REACHED(info.cache_line_size = 1);
  CHECK_REACHED(info.allocation_alignment = 1);
  CHECK_REACHED(info.compute_units = 1);
  CHECK_REACHED(info.max_block_items = 1);
  CHECK_REACHED(info.max_block[0] = 1);
  CHECK_REACHED(info.max_block[1] = 1);
  CHECK_REACHED(info.max_block[2] = 1);
  CHECK_REACHED(info.max_grid[0] = 1);
  CHECK_REACHED(info.max_grid[1] = 1);
  CHECK_REACHED(info.max_grid[2] = 1);
  CHECK_REACHED(info.subgroup_size = 1);
  CHECK_REACHED(info.max_items_per_unit = 1);
  CHECK_REACHED(info.registers_per_block = 1);
  CHECK_REACHED(info.max_arguments_size = 1);
  CHECK_REACHED(info.shared_memory_per_block = 1);
  CHECK_REACHED(info.max_dynamic_shared_memory = 1);
  CHECK_REACHED(info.clock_rate = 1);
  CHECK_REACHED(info.peak_f64 = 1);
  CHECK_REACHED(info.peak_f32 = 1);
  CHECK_REACHED(info.peak_f16 = 1);
  CHECK_REACHED(info.peak_bf16 = 1);
  CHECK_REACHED(info.peak_f8 = 1);
  CHECK_REACHED(info.peak_i8 = 1);
  CHECK_REACHED(info.module_formats = {"x"});
  CHECK_REACHED(info.targets = {"x"});
#undef CHECK_REACHED
}

// Enumerators of hal/abi/description.h with this prefix: name in lower case to its bit.
std::map<std::string, std::uint64_t> bits(const std::string &prefix) {
  std::map<std::string, std::uint64_t> all;
  for (const std::string &line : hal::test::abi_layout()) {
    const std::string begin = "value " + prefix;
    if (line.compare(0, begin.size(), begin) != 0) continue;
    const std::size_t end = line.find(' ', begin.size());
    std::string name = line.substr(begin.size(), end - begin.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    all[name] = std::stoull(line.substr(end + 1));
  }
  return all;
}

TEST_CASE("capabilities: every data type and every feature is one key, named as in the header") {
  std::uint64_t seen = 0;
  for (const auto &[name, bit] : bits("HAL_DATA_TYPE_")) {
    CAPTURE(name);
    CHECK(std::has_single_bit(bit));
    CHECK((seen & bit) == 0);
    seen |= bit;
    REQUIRE(hal::data_type_names(bit).size() == 1);
    CHECK(std::string(hal::data_type_names(bit)[0]) == name);
  }
  CHECK(hal::data_type_names(~std::uint64_t{0}).size() == static_cast<std::size_t>(std::popcount(seen)));
  seen = 0;
  for (const auto &[name, bit] : bits("HAL_FEATURE_")) {
    CAPTURE(name);
    CHECK(std::has_single_bit(bit));
    CHECK((seen & bit) == 0);
    seen |= bit;
    REQUIRE(hal::feature_names(bit).size() == 1);
    // Shared memory is also what the blocks of a kernel have, which is a size.
    CHECK(std::string(hal::feature_names(bit)[0]) == (name == "shared_memory" ? "shared_memory_kind" : name));
  }
  CHECK(hal::feature_names(~std::uint64_t{0}).size() == static_cast<std::size_t>(std::popcount(seen)));
  CHECK(std::popcount(seen) == 31);
}

TEST_CASE("device_type: every name is read again") {
  for (std::uint32_t number = 0; number <= HAL_DEVICE_TYPE_COPROCESSOR; ++number) {
    const auto type = static_cast<hal::device_type>(number);
    CHECK(hal::parse_device_type(to_string(type)) == type);
  }
  CHECK_FALSE(hal::parse_device_type("GPU"));
  CHECK_FALSE(hal::parse_device_type(""));
}

TEST_CASE("matches: patterns") {
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "a"));
  CHECK(matches("*", ""));
  CHECK(matches("**", "abc"));
  CHECK(matches("gfx9*", "gfx942"));
  CHECK(matches("gfx9*", "gfx9"));
  CHECK_FALSE(matches("gfx9*", "gfx8"));
  CHECK(matches("*942", "gfx942"));
  CHECK(matches("g?x*2", "gfx942"));
  CHECK_FALSE(matches("gfx94?", "gfx94"));
  CHECK(matches("a*b*c", "aXbYbZc"));
  CHECK_FALSE(matches("a*b*c", "aXbYbZ"));
  CHECK(matches("*a*a*a*a*a*a*a*a*a*a*a*", std::string(200, 'a')));
  CHECK_FALSE(matches("*a*a*a*a*a*a*a*a*a*a*ab", std::string(20000, 'a')));
}

}  // namespace
