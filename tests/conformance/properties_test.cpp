// properties: what a vendor adds, by name.
#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/features.hpp"

using namespace conformance;

namespace {

std::uint32_t property_count() {
  std::uint32_t count = 0;
  require_ok(call(plugin().properties, the_subject().index(), nullptr, 0u, &count));
  return count;
}

std::vector<hal_property> all_properties() {
  std::vector<hal_property> all(property_count());
  std::memset(all.data(), poison, all.size() * sizeof(hal_property));
  std::uint32_t count = 0;
  require_ok(call(plugin().properties, the_subject().index(), all.data(),
                  static_cast<std::uint32_t>(all.size()), &count));
  REQUIRE(count == all.size());
  return all;
}

}  // namespace

TEST_CASE("properties: counted without room, and the same count with room") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  const auto count = property_count();
  CHECK(all_properties().size() == count);
}

TEST_CASE("properties: names are the plugin's, terminated and given once") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  const std::string prefix = std::string(plugin().name) + ".";
  std::set<std::string> seen;
  for (const auto &one : all_properties()) {
    REQUIRE(std::memchr(one.name, '\0', sizeof one.name) != nullptr);
    CHECK(std::memchr(one.unit, '\0', sizeof one.unit) != nullptr);
    CAPTURE(std::string(one.name));
    // Or of what every plugin may say in the same words: its links and files (docs/topology.md).
    const std::string name = one.name;
    const bool shared = name.starts_with("link.") || name.starts_with("device_file.");
    CHECK((shared || name.starts_with(prefix)));
    CHECK(name.size() > prefix.size());
    CHECK(seen.insert(one.name).second);
  }
}

TEST_CASE("properties: types are known and values fit them") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  for (const auto &one : all_properties()) {
    CAPTURE(std::string(one.name, strnlen(one.name, sizeof one.name)));
    CHECK(one.type <= HAL_PROPERTY_BOOLEAN);
    if (one.type == HAL_PROPERTY_BOOLEAN) CHECK(one.value.unsigned_value <= 1);
    if (one.type == HAL_PROPERTY_TEXT) CHECK(std::memchr(one.text, '\0', sizeof one.text) != nullptr);
  }
}

TEST_CASE("properties: writes only the first ones when there is less room [negative]") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  const auto all = all_properties();
  if (all.empty()) return record_skip("the device has no named properties");
  const auto room = static_cast<std::uint32_t>(all.size() - 1);
  std::vector<hal_property> some(all.size());
  std::memset(some.data(), poison, some.size() * sizeof(hal_property));
  std::uint32_t count = 0;
  expect_ok(call(plugin().properties, the_subject().index(), some.data(), room, &count));
  CHECK(count == all.size());
  for (std::uint32_t i = 0; i < room; ++i) CHECK(std::string(some[i].name) == all[i].name);
  const auto *last = reinterpret_cast<const unsigned char *>(&some[room]);
  CHECK(std::all_of(last, last + sizeof(hal_property), [](auto byte) { return byte == poison; }));
}

TEST_CASE("properties: an index beyond the count [negative]") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  std::uint32_t count = 0;
  expect_status(call(plugin().properties, the_subject().device_count(), nullptr, 0u, &count),
                HAL_STATUS_OUT_OF_RANGE);
  expect_status(call(plugin().properties, UINT32_MAX, nullptr, 0u, &count), HAL_STATUS_OUT_OF_RANGE);
}

TEST_CASE("properties: room without an array, or no place for the count [negative]") {
  if (skip_without_entry(plugin().properties, "properties")) return;
  std::uint32_t count = 0;
  expect_status(call(plugin().properties, the_subject().index(), nullptr, 4u, &count),
                HAL_STATUS_INVALID_ARGUMENT);
  expect_status(call(plugin().properties, the_subject().index(), nullptr, 0u, nullptr),
                HAL_STATUS_INVALID_ARGUMENT);
}
