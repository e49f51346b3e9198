#include "devices/describe.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <string>

#include "devices/table.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::thrown;
using filler = std::function<hal_status(hal_device_description &, hal_error *)>;

// What the plugin below answers: the boundary's functions have no room for a closure.
filler description;
std::vector<hal_property> all_properties;
std::uint32_t claimed_properties = 0;
hal_metrics figures;

hal_plugin plugin() {
  hal_plugin table{};
  table.struct_size = sizeof table;
  table.name = "test";
  table.describe = [](std::uint32_t, hal_device_description *out, hal_error *error) {
    return description(*out, error);
  };
  table.properties = [](std::uint32_t, hal_property *out, std::uint32_t room, std::uint32_t *count,
                        hal_error *) {
    for (std::uint32_t i = 0; i < room && i < all_properties.size(); ++i) out[i] = all_properties[i];
    *count = claimed_properties;
    return hal_status{HAL_STATUS_OK};
  };
  table.metrics = [](std::uint32_t, hal_metrics *out, hal_error *) {
    figures.struct_size = out->struct_size;
    *out = figures;
    return hal_status{HAL_STATUS_OK};
  };
  return table;
}

hal::device_info describe(const filler &fill) {
  description = fill;
  return hal::devices::describe(plugin(), 7);
}

template <std::size_t Room>
void set(char (&text)[Room], std::string_view value) {
  std::memset(text, 0, Room);
  std::memcpy(text, value.data(), value.size());
}

std::string name_of(std::string_view bytes) {
  return describe([bytes](hal_device_description &out, hal_error *) {
           set(out.name, bytes);
           return hal_status{HAL_STATUS_OK};
         })
      .name;
}

TEST_CASE("describe: every fact gets to where it belongs") {
  const hal::device_info info = describe([](hal_device_description &out, hal_error *) {
    out.type = HAL_DEVICE_TYPE_NPU;
    out.identity = {
        HAL_IDENTITY_PCI | HAL_IDENTITY_UUID | HAL_IDENTITY_PARTITION, 0x10000, 1, 2, 3, 0, 4, {5, 6}};
    set(out.name, "a name");
    set(out.vendor, "a vendor");
    set(out.driver_version, "a version");
    out.vendor_id = 11;
    out.device_id = 12;
    out.memory_total = 13;
    out.max_allocation = 14;
    out.memory_bandwidth = 15;
    out.l2_cache_size = 16;
    out.memory_bus_width = 17;
    out.cache_line_size = 18;
    out.allocation_alignment = 19;
    out.compute_units = 20;
    out.max_block_items = 21;
    out.max_block[0] = 22, out.max_block[1] = 23, out.max_block[2] = 24;
    out.max_grid[0] = 25, out.max_grid[1] = 26, out.max_grid[2] = 27;
    out.subgroup_size = 28;
    out.max_items_per_unit = 29;
    out.registers_per_block = 30;
    out.max_arguments_size = 31;
    out.shared_memory_per_block = 32;
    out.max_dynamic_shared_memory = 33;
    out.clock_rate = 34;
    out.data_types = 35;
    out.features = 36;
    out.peak_f64 = 37, out.peak_f32 = 38, out.peak_f16 = 39, out.peak_bf16 = 40, out.peak_f8 = 41,
    out.peak_i8 = 42;
    set(out.module_formats[0], "ptx");
    set(out.module_formats[7], "elf");
    set(out.targets[0], "sm_90");
    set(out.targets[15], "sm_80");
    return hal_status{HAL_STATUS_OK};
  });
  CHECK(info.plugin == "test");
  CHECK(info.index == 7);
  CHECK(info.selector() == "test:7");
  CHECK(info.type == hal::device_type::npu);
  CHECK(info.identity.pci == hal::pci_address{0x10000, 1, 2, 3});
  REQUIRE(info.identity.uuid.has_value());
  CHECK(to_string(*info.identity.uuid) == "05060000-0000-0000-0000-000000000000");
  CHECK(info.identity.partition == 4);
  CHECK(info.name == "a name");
  CHECK(info.vendor == "a vendor");
  CHECK(info.driver_version == "a version");
  CHECK(info.vendor_id == 11);
  CHECK(info.device_id == 12);
  CHECK(info.memory_total == 13);
  CHECK(info.max_allocation == 14);
  CHECK(info.memory_bandwidth == 15);
  CHECK(info.l2_cache_size == 16);
  CHECK(info.memory_bus_width == 17);
  CHECK(info.cache_line_size == 18);
  CHECK(info.allocation_alignment == 19);
  CHECK(info.compute_units == 20);
  CHECK(info.max_block_items == 21);
  CHECK(info.max_block == std::array<std::uint32_t, 3>{22, 23, 24});
  CHECK(info.max_grid == std::array<std::uint32_t, 3>{25, 26, 27});
  CHECK(info.subgroup_size == 28);
  CHECK(info.max_items_per_unit == 29);
  CHECK(info.registers_per_block == 30);
  CHECK(info.max_arguments_size == 31);
  CHECK(info.shared_memory_per_block == 32);
  CHECK(info.max_dynamic_shared_memory == 33);
  CHECK(info.clock_rate == 34);
  CHECK(info.data_types == 35);
  CHECK(info.features == 36);
  CHECK(info.peak_f64 == 37);
  CHECK(info.peak_f32 == 38);
  CHECK(info.peak_f16 == 39);
  CHECK(info.peak_bf16 == 40);
  CHECK(info.peak_f8 == 41);
  CHECK(info.peak_i8 == 42);
  CHECK(info.module_formats == std::vector<std::string>{"ptx", "elf"});
  CHECK(info.targets == std::vector<std::string>{"sm_90", "sm_80"});
}

TEST_CASE("describe: a plugin that writes nothing tells nothing") {
  const hal::device_info info =
      describe([](hal_device_description &, hal_error *) { return hal_status{HAL_STATUS_OK}; });
  CHECK(info.name.empty());
  CHECK(info.identity == hal::device_identity{});
  CHECK(info.module_formats.empty());
  CHECK(info.memory_total == 0);
}

TEST_CASE("describe: an identity counts as far as it is said to be valid") {
  const hal::device_info info = describe([](hal_device_description &out, hal_error *) {
    out.identity = {HAL_IDENTITY_UUID, 9, 9, 9, 7, 0, 9, {9}};
    return hal_status{HAL_STATUS_OK};
  });
  CHECK_FALSE(info.identity.pci);
  CHECK(info.identity.uuid);
  CHECK_FALSE(info.identity.partition);
}

TEST_CASE("describe: an address that no PCI function can have is none") {
  for (const auto &[device, function] : {std::pair{32, 0}, std::pair{0, 8}}) {
    const hal::device_info info =
        describe([d = device, f = function](hal_device_description &out, hal_error *) {
          out.identity.valid = HAL_IDENTITY_PCI;
          out.identity.pci_device = static_cast<std::uint8_t>(d);
          out.identity.pci_function = static_cast<std::uint8_t>(f);
          return hal_status{HAL_STATUS_OK};
        });
    CHECK_FALSE(info.identity.pci);
  }
}

TEST_CASE("describe: a type that nobody knows is other") {
  const hal::device_info info = describe([](hal_device_description &out, hal_error *) {
    out.type = 4711;
    return hal_status{HAL_STATUS_OK};
  });
  CHECK(info.type == hal::device_type::other);
  CHECK(to_string(info.type) == "other");
}

TEST_CASE("describe: text that is not terminated ends with its field") {
  const hal::device_info info = describe([](hal_device_description &out, hal_error *) {
    std::memset(out.name, 'n', sizeof out.name);
    std::memset(out.vendor, 'v', sizeof out.vendor);
    std::memset(out.module_formats, 'f', sizeof out.module_formats);
    return hal_status{HAL_STATUS_OK};
  });
  CHECK(info.name == std::string(128, 'n'));
  CHECK(info.vendor == std::string(64, 'v'));
  REQUIRE(info.module_formats.size() == 8);
  CHECK(info.module_formats[7] == std::string(16, 'f'));
}

TEST_CASE("describe: what is not UTF-8 can be printed all the same") {
  CHECK(name_of("plain") == "plain");
  CHECK(name_of("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") == "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(name_of("a\xe4z") == "a?z");     // Latin-1
  CHECK(name_of("a\xc3") == "a?");       // cut in a character
  CHECK(name_of("a\xe2\x82") == "a??");  // likewise
  CHECK(name_of("a\xc3z") == "a?z");
  CHECK(name_of("a\x80") == "a?");                 // a continuation of nothing
  CHECK(name_of("a\xc0\xaf") == "a??");            // overlong
  CHECK(name_of("a\xe0\x80\xaf") == "a???");       // overlong
  CHECK(name_of("a\xf0\x80\x80\xaf") == "a????");  // overlong
  CHECK(name_of("a\xed\xa0\x80") == "a???");       // a surrogate
  CHECK(name_of("a\xf4\x90\x80\x80") == "a????");  // beyond U+10FFFF
  CHECK(name_of("a\xf5\x80\x80\x80") == "a????");
  CHECK(name_of("a\xff") == "a?");
  CHECK(name_of("a\xed\x9f\xbf") == "a\xed\x9f\xbf");          // the last before the surrogates
  CHECK(name_of("a\xee\x80\x80") == "a\xee\x80\x80");          // the first behind them
  CHECK(name_of("a\xf4\x8f\xbf\xbf") == "a\xf4\x8f\xbf\xbf");  // U+10FFFF
}

TEST_CASE("describe: control characters do not get to a terminal") {
  CHECK(name_of("a\x1b[31mred\n\x7f") == "a?[31mred??");
  CHECK(name_of("a\xc2\x9b"
                "31m") == "a?31m");  // CSI in one character
}

TEST_CASE("describe: a failure is thrown with the plugin's words") {
  const hal::error failed = thrown([] {
    describe([](hal_device_description &, hal_error *error) {
      error->status = HAL_STATUS_OUT_OF_RANGE;
      error->native_code = 101;
      std::strcpy(error->message, "There is no device 7.");
      return hal_status{HAL_STATUS_OUT_OF_RANGE};
    });
  });
  CHECK(failed.status() == hal::status::out_of_range);
  CHECK(failed.native_code() == 101);
  CHECK(std::string(failed.what()) == "There is no device 7.");
}

TEST_CASE("properties: every kind of value") {
  all_properties.assign(6, hal_property{});
  set(all_properties[0].name, "test.text");
  set(all_properties[0].text, "9.0");
  all_properties[1].type = HAL_PROPERTY_UNSIGNED;
  all_properties[1].value.unsigned_value = UINT64_MAX;
  set(all_properties[1].unit, "B");
  all_properties[2].type = HAL_PROPERTY_SIGNED;
  all_properties[2].value.signed_value = -1;
  all_properties[3].type = HAL_PROPERTY_REAL;
  all_properties[3].value.real_value = 0.5;
  all_properties[4].type = HAL_PROPERTY_BOOLEAN;
  all_properties[4].value.unsigned_value = 1;
  all_properties[5].type = 4711;
  set(all_properties[5].text, "tomorrow's");
  claimed_properties = 6;
  const auto properties = hal::devices::properties(plugin(), 0);
  REQUIRE(properties.size() == 6);
  CHECK(properties[0].name == "test.text");
  CHECK(std::get<std::string>(properties[0].value) == "9.0");
  CHECK(std::get<std::uint64_t>(properties[1].value) == UINT64_MAX);
  CHECK(properties[1].unit == "B");
  CHECK(std::get<std::int64_t>(properties[2].value) == -1);
  CHECK(std::get<double>(properties[3].value) == 0.5);
  CHECK(std::get<bool>(properties[4].value));
  CHECK(std::get<std::string>(properties[5].value) == "tomorrow's");
}

TEST_CASE("properties: a count that is not believed") {
  all_properties.assign(3, hal_property{});
  claimed_properties = UINT32_MAX;
  CHECK(hal::devices::properties(plugin(), 0).size() == 4096);
  claimed_properties = 0;
  CHECK(hal::devices::properties(plugin(), 0).empty());
}

TEST_CASE("properties: a plugin that has none") {
  hal_plugin without = plugin();
  without.properties = [](std::uint32_t, hal_property *, std::uint32_t, std::uint32_t *, hal_error *) {
    return hal_status{HAL_STATUS_UNSUPPORTED};
  };
  CHECK(hal::devices::properties(without, 0).empty());
}

TEST_CASE("metrics: a figure counts as far as it is said to be valid") {
  figures = {};
  figures.timestamp = 1;
  figures.utilization = 0.25;
  figures.memory_utilization = 0.5;
  figures.memory_used = 3;
  figures.memory_total = 4;
  figures.power = 5;
  figures.power_limit = 6;
  figures.temperature = 7;
  figures.compute_clock = 8;
  figures.memory_clock = 9;
  figures.memory_temperature = 10;
  figures.bus_sent = 11;
  figures.bus_received = 12;
  figures.link_sent = 13;
  figures.link_received = 14;
  figures.ecc_corrected = 15;
  figures.ecc_uncorrected = 16;
  figures.faults = 17;
  figures.last_fault = 18;
  figures.throttle = HAL_THROTTLE_POWER | HAL_THROTTLE_OTHER;
  hal::device_metrics none = hal::devices::metrics(plugin(), 0);
  CHECK(none.timestamp == 1);
  CHECK_FALSE((none.utilization || none.memory_utilization || none.memory_used || none.memory_total ||
               none.power || none.power_limit || none.temperature || none.compute_clock ||
               none.memory_clock));
  CHECK_FALSE((none.memory_temperature || none.bus_sent || none.bus_received || none.link_sent ||
               none.link_received || none.ecc_corrected || none.ecc_uncorrected || none.faults ||
               none.last_fault || none.throttle));
  figures.valid = HAL_METRIC_POWER;
  const hal::device_metrics one = hal::devices::metrics(plugin(), 0);
  CHECK(one.power == 5);
  CHECK_FALSE(one.power_limit);
  figures.valid = 0x7fff;
  const hal::device_metrics all = hal::devices::metrics(plugin(), 0);
  CHECK(all.utilization == 0.25);
  CHECK(all.memory_utilization == 0.5);
  CHECK(all.memory_used == 3);
  CHECK(all.memory_total == 4);
  CHECK(all.power == 5);
  CHECK(all.power_limit == 6);
  CHECK(all.temperature == 7);
  CHECK(all.compute_clock == 8);
  CHECK(all.memory_clock == 9);
  CHECK(all.memory_temperature == 10);
  CHECK(all.bus_sent == 11);
  CHECK(all.bus_received == 12);
  CHECK(all.link_sent == 13);
  CHECK(all.link_received == 14);
  CHECK(all.ecc_corrected == 15);
  CHECK(all.ecc_uncorrected == 16);
  CHECK(all.faults == 17);
  CHECK(all.last_fault == 18);
  CHECK(hal::throttle_names(*all.throttle) == std::vector<std::string_view>{"power", "other"});
}

}  // namespace
