#include <doctest/doctest.h>

#include <string>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::open_fixture;
using hal::test::thrown;

TEST_CASE("module: the build log is the caller's on success") {
  const hal::device device = open_fixture("heap_a:0");
  std::string log = "old";
  device.load({.format = "short-log", .bytes = {}, .log = &log});
  CHECK(log == "lllllllll");
}

TEST_CASE("module: and on failure") {
  const hal::device device = open_fixture("heap_a:0");
  std::string log;
  const hal::error error = thrown([&] { device.load({.format = "broken", .bytes = {}, .log = &log}); });
  CHECK(to_string(error.status()) == "compilation_failed");
  CHECK(error.native_code() == 3);
  CHECK(std::string(error.what()) == "The source has an error in line 1.");
  CHECK(log == "lllllllll");
}

TEST_CASE("module: a log that is longer than the room for it says so") {
  const hal::device device = open_fixture("heap_a:0");
  std::string log;
  device.load({.format = "long-log", .bytes = {}, .log = &log});
  CHECK(log.size() > 60'000);
  CHECK_NAMES(log.substr(60'000), "[cut: the whole log has 65546 bytes]");
}

TEST_CASE("module: a plugin that writes no log leaves none") {
  const hal::device device = open_fixture("null:0");
  std::string log = "old";
  device.load({.format = "any", .bytes = {}, .log = &log});
  CHECK(log.empty());
}

TEST_CASE("module: names and attributes that the plugin does not tell are unsupported") {
  const hal::device device = open_fixture("heap_a:0");
  const hal::module module = device.load({.format = "any", .bytes = {}});
  CHECK(to_string(thrown([&] { module.kernel_names(); }).status()) == "unsupported");
  CHECK(to_string(thrown([&] { module["any"].get_attributes(); }).status()) == "unsupported");
}

}  // namespace
