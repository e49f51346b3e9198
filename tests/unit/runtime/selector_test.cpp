#include "runtime/selector.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/thrown.hpp"

namespace {

using hal::device_entry;
using hal::device_info;
using hal::inventory;
using hal::rt::find;
using hal::rt::parse_selector;
using hal::rt::way_in;
using hal::test::thrown;

const std::string id = "00010203-0405-0607-0809-0a0b0c0d0e0f";

device_info way(const std::string &plugin, std::uint32_t index) {
  device_info info;
  info.plugin = plugin;
  info.index = index;
  return info;
}

// 0: a card by two plugins. 1 and 2: partitions of another. 3: hardware that cannot be used. 4: a CPU.
inventory sample() {
  inventory listing;
  listing.devices.resize(5);
  for (std::uint32_t i = 0; i < 5; ++i) listing.devices[i].index = i;
  listing.devices[0].identity = {hal::parse_pci_address("17:00.0"), hal::parse_uuid(id), {}};
  listing.devices[0].ways_in = {way("cuda", 1), way("opencl", 0)};
  listing.devices[1].identity = {hal::parse_pci_address("65:00.0"), {}, 0};
  listing.devices[1].ways_in = {way("cuda", 2)};
  listing.devices[2].identity = {hal::parse_pci_address("65:00.0"), {}, 1};
  listing.devices[2].ways_in = {way("cuda", 3)};
  listing.devices[3].identity.pci = hal::parse_pci_address("10000:01:00.0");
  listing.devices[3].name = "Some NPU";
  listing.devices[3].unusable = hal::reason{"no_plugin", "No installed plugin drives this device."};
  listing.devices[4].ways_in = {way("host", 0)};
  return listing;
}

std::uint32_t found(std::string_view text) {
  return find(sample(), text).index;
}

TEST_CASE("selector: every form names its device") {
  CHECK(found("0") == 0);
  CHECK(found("4") == 4);
  CHECK(found("17:00.0") == 0);
  CHECK(found("0000:17:00.0") == 0);
  CHECK(found("10000:01:00.0") == 3);
  CHECK(found(id) == 0);
  CHECK(found("uuid:" + id) == 0);
  CHECK(found("GPU-" + id) == 0);
  CHECK(found("uuid:GPU-" + id) == 0);
  CHECK(found("cuda:1") == 0);
  CHECK(found("opencl:0") == 0);
  CHECK(found("cuda:3") == 2);
  CHECK(found("host:0") == 4);
}

TEST_CASE("selector: what names nothing is told with the grammar") {
  for (const char *text : {"", "cuda", "cuda:", ":0", "cuda:x", "cuda:-1", "-1", "+1", " 0", "0 ", "0x0",
                           "17:00", "uuid:", "uuid:cuda:0", "uuid:5", "4294967296", "cuda:4294967296"}) {
    CAPTURE(std::string(text));
    const hal::error error = thrown([&] { parse_selector(text); });
    CHECK(error.status() == hal::status::invalid_argument);
    CHECK_NAMES(error.what(), "'" + std::string(text) + "'");
    CHECK_NAMES(error.what(), "cuda:0");
  }
}

TEST_CASE("selector: a device that is not there is told with those that are") {
  for (const char *text :
       {"5", "18:00.0", "cuda:9", "nobody:0", "uuid:10010203-0405-0607-0809-0a0b0c0d0e0f"}) {
    CAPTURE(std::string(text));
    const hal::error error = thrown([&] { find(sample(), text); });
    CHECK(error.status() == hal::status::not_found);
    CHECK_NAMES(error.what(), "'" + std::string(text) + "'");
    CHECK_NAMES(error.what(), "cuda:1, cuda:2, cuda:3, 10000:01:00.0, host:0");
  }
  CHECK_NAMES(thrown([] { find(inventory{}, "0"); }).what(), "there is none at all");
}

TEST_CASE("selector: an address that partitions share is told with how to tell them apart") {
  const hal::error error = thrown([] { find(sample(), "65:00.0"); });
  CHECK(error.status() == hal::status::invalid_argument);
  CHECK_NAMES(error.what(), "'65:00.0' names 2 devices");
  CHECK_NAMES(error.what(), "cuda:2, cuda:3");
}

TEST_CASE("selector: what cannot be used and shares an address is named by its index") {
  inventory listing = sample();
  listing.devices[1].ways_in.clear();
  listing.devices[2].ways_in.clear();
  CHECK_NAMES(thrown([&] { find(listing, "65:00.0"); }).what(), "1, 2");
}

TEST_CASE("selector: the plugin that it names is the way in, otherwise the preferred one") {
  const inventory listing = sample();
  CHECK(way_in(listing.devices[0], "opencl:0").selector() == "opencl:0");
  CHECK(way_in(listing.devices[0], "cuda:1").selector() == "cuda:1");
  CHECK(way_in(listing.devices[0], "17:00.0").selector() == "cuda:1");
}

TEST_CASE("selector: a device that cannot be used is told with the reason") {
  const inventory listing = sample();
  const hal::error error = thrown([&] { way_in(listing.devices[3], "3"); });
  CHECK(error.status() == hal::status::unavailable);
  CHECK_NAMES(error.what(), "'3' (Some NPU)");
  CHECK_NAMES(error.what(), "No installed plugin drives this device.");
}

}  // namespace
