// From the manifests to opened devices.
#include "hal/runtime.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "hal/error.hpp"
#include "hal/units.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/heap_plugin.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {

using namespace hal::literals;
using hal::test::devices_of;
using hal::test::find_plugin;
using hal::test::heap_facts;
using hal::test::plugin_folder;
using hal::test::sysfs_function;
using hal::test::sysfs_tree;
using hal::test::thrown;

TEST_CASE("runtime: looks once, until it is asked to look again") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime runtime(folder.options());
  const auto first = runtime.look();
  CHECK(runtime.look() == first);
  folder.add("heap_b");
  CHECK(runtime.look() == first);
  const auto second = runtime.refresh();
  CHECK(second != first);
  CHECK(devices_of(*first, "heap_b") == 0);
  CHECK(devices_of(*second, "heap_b") == 2);
  CHECK(runtime.look() == second);
}

TEST_CASE("runtime: devices of an earlier look stay open") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime runtime(folder.options());
  const hal::device before = runtime.open("heap_a:0");
  std::filesystem::remove(folder.manifest("heap_a"));
  CHECK(devices_of(*runtime.refresh(), "heap_a") == 0);
  CHECK(before.allocate(16).size() == 16);
  CHECK(thrown([&] { runtime.open("heap_a:0"); }).status() == hal::status::not_found);
}

TEST_CASE("runtime: opens by selector, by requirement and by way in") {
  plugin_folder folder;
  folder.add("heap_a");
  folder.add("heap_b");
  hal::runtime runtime(folder.options());
  CHECK(runtime.open("heap_b:1").info().selector() == "heap_b:1");
  CHECK(runtime.open(hal::any_of(hal::memory(1_GiB))).info().selector() == "heap_a:0");
  CHECK(runtime.open(hal::parse_requirements("plugin==heap_b")).info().selector() == "heap_b:0");
  const hal::device_entry entry = runtime.find("heap_b:1");
  REQUIRE(entry.usable());
  CHECK(runtime.open(entry.ways_in.front()).info().selector() == "heap_b:1");
  CHECK(runtime.open("heap_a:0") != runtime.open("heap_a:0"));
}

TEST_CASE("runtime: the rule's order decides which comes first") {
  plugin_folder folder;
  folder.add("heap_a");
  folder.add("heap_b");
  hal::runtime_options options = folder.options();
  options.plugins = "heap_b,heap_a";
  hal::runtime runtime(options);
  CHECK(runtime.open(hal::requirements{hal::memory(1)}).info().selector() == "heap_b:0");
}

TEST_CASE("runtime: what cannot be opened is told with the reason") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime runtime(folder.options());
  CHECK(thrown([&] { runtime.open("heap_a:7"); }).status() == hal::status::not_found);
  CHECK(thrown([&] { runtime.open("?"); }).status() == hal::status::invalid_argument);
  const hal::error unmet = thrown([&] { runtime.open(hal::any_of(hal::f64)); });
  CHECK(unmet.status() == hal::status::not_found);
  CHECK_NAMES(unmet.what(), "heap_a:0: f64 is not present; f64 is required; heap_a:1: f64");
  hal::device_info stranger;
  stranger.plugin = "stranger";
  const hal::error unknown = thrown([&] { runtime.open(stranger); });
  CHECK(unknown.status() == hal::status::not_found);
  CHECK_NAMES(unknown.what(), "'stranger'");
  hal::device_info beyond = runtime.find("heap_a:1").ways_in.front();
  beyond.index = 99;
  const hal::error refused = thrown([&] { runtime.open(beyond); });
  CHECK(refused.status() == hal::status::out_of_range);
  CHECK(refused.device() == "heap_a:99");
}

TEST_CASE("runtime: a machine where nothing can be used") {
  const plugin_folder folder;
  hal::runtime runtime(folder.options());
  CHECK_NAMES(thrown([&] { runtime.open(hal::requirements{}); }).what(), "No device can be used");
}

TEST_CASE("runtime: properties and metrics without opening") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime runtime(folder.options());
  const hal::device_info info = runtime.find("heap_a:0").ways_in.front();
  CHECK(runtime.properties(info).empty());
  CHECK(thrown([&] { runtime.metrics(info); }).status() == hal::status::unsupported);
  CHECK(heap_facts("heap_a").devices == 0);
}

TEST_CASE("runtime: a plugin whose hardware is not there is not loaded") {
  plugin_folder folder;
  folder.add_manifest("absent",
                      R"({"name": "absent", "version": "1", "library": "gone.so", "abi": {"major": 1},
                          "match": [{"vendor": "0xfffe", "device": "0xfffe"}]})");
  hal::runtime runtime(folder.options());
  const auto listing = runtime.look();
  const hal::plugin_entry &entry = find_plugin(*listing, "absent");
  CHECK(to_string(entry.state) == "idle");
  REQUIRE(entry.why);
  CHECK(entry.why->id == "no_hardware");
}

TEST_CASE(
    "runtime: a plugin without hardware on a bus is not loaded where a library that it needs is missing") {
  plugin_folder folder;
  folder.add_manifest("absent",
                      R"({"name": "absent", "version": "1", "library": "gone.so", "abi": {"major": 1},
                          "match": [{"any": true}], "needs": {"libraries": [{"file": "libnosuchlibrary.so.9"}]}})");
  hal::runtime runtime(folder.options());
  const auto listing = runtime.look();
  const hal::plugin_entry &entry = find_plugin(*listing, "absent");
  CHECK(to_string(entry.state) == "idle");
  REQUIRE(entry.why);
  CHECK(entry.why->id == "library_not_found");
  CHECK_NAMES(entry.why->text, "libnosuchlibrary.so.9");
}

TEST_CASE("runtime: what plugins say gets to the caller, with its level") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime_options options = folder.options();
  std::vector<std::pair<hal::log_level, std::string>> said;
  options.log = [&said](hal::log_level level, std::string_view text) { said.emplace_back(level, text); };
  hal::runtime runtime(options);
  runtime.open("heap_a:0");
  // Once in the child that asks and once here, where it is loaded to open. The fixture also says nothing each
  // time: a NULL is left out.
  REQUIRE(said.size() == 3);
  CHECK(said[0] == std::pair{hal::log_level::info, std::string("heap_a looks for devices")});
  CHECK(said[1] == said[0]);
  CHECK(said[2] == std::pair{hal::log_level::debug, std::string("heap_a opened a device")});
}

TEST_CASE("runtime: looking runs no plugin's code in this process; opening does") {
  plugin_folder folder;
  folder.add_copy("heap_b");
  const std::string library = folder.library("heap_b").string();
  const auto is_loaded = [&library] { return ::dlopen(library.c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr; };
  hal::runtime runtime(folder.options());
  CHECK(devices_of(*runtime.look(), "heap_b") == 2);
  CHECK(devices_of(*runtime.refresh(), "heap_b") == 2);
  CHECK_FALSE(is_loaded());
  runtime.open("heap_b:0");
  CHECK(is_loaded());
}

TEST_CASE("runtime: a deadline that is none is the caller's mistake") {
  const plugin_folder folder;
  hal::runtime_options options = folder.options();
  for (const int wrong : {0, -1, 3600001}) {
    options.probe_deadline = std::chrono::milliseconds{wrong};
    CHECK(thrown([&] { hal::runtime(options).look(); }).status() == hal::status::invalid_argument);
  }
  options.probe_deadline = {};
  for (const char *wrong : {"", "0", "-1", "x", "1x", "1e3", "3601", "nan", "0.0001", " 1"}) {
    const hal::test::environment_variable variable("HAL_PROBE_DEADLINE", wrong);
    const hal::error error = thrown([&] { hal::runtime(options).look(); });
    CHECK(error.status() == hal::status::invalid_argument);
    CHECK_NAMES(error.what(), std::string("HAL_PROBE_DEADLINE is '") + wrong + "'");
  }
  const hal::test::environment_variable variable("HAL_PROBE_DEADLINE", "59.5");
  CHECK_NOTHROW(hal::runtime(options).look());
}

TEST_CASE("runtime: a logger that throws harms nobody") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime_options options = folder.options();
  options.log = [](hal::log_level, std::string_view) { throw 5; };
  hal::runtime runtime(options);
  CHECK_NOTHROW(runtime.open("heap_a:0"));
}

TEST_CASE("runtime: a moved-from runtime answers invalid_handle") {
  const plugin_folder folder;
  hal::runtime from(folder.options());
  hal::runtime to = std::move(from);
  CHECK_NOTHROW(to.look());
  const hal::device_info info;
  CHECK(thrown([&] { from.look(); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.refresh(); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.open("0"); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.open(hal::requirements{}); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.open(info); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.find("0"); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.properties(info); }).status() == hal::status::invalid_handle);
  CHECK(thrown([&] { from.metrics(info); }).status() == hal::status::invalid_handle);
}

TEST_CASE("runtime: eight threads look, refresh and open at once") {
  plugin_folder folder;
  folder.add("heap_a");
  folder.add("heap_b");
  {
    hal::runtime runtime(folder.options());
    std::atomic<int> opened = 0;
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; ++number) {
      threads.emplace_back([&runtime, &opened, number] {
        for (int round = 0; round < 20; ++round) {
          if (number == 0 && round % 5 == 0) runtime.refresh();
          if (devices_of(*runtime.look(), "heap_a") != 2) continue;
          const hal::device device = runtime.open(number % 2 == 0 ? "heap_a:0" : "heap_b:1");
          hal::stream stream = device.create_stream();
          const hal::buffer memory = device.allocate(64);
          stream.fill(memory, std::uint8_t{1});
          stream.synchronize();
          ++opened;
        }
      });
    }
    for (std::thread &thread : threads) thread.join();
    CHECK(opened == 8 * 20);
  }
  CHECK(heap_facts("heap_a").devices == 0);
  CHECK(heap_facts("heap_b").devices == 0);
  CHECK(heap_facts("heap_a").refused_closes == 0);
}

// ---- Machines that are not this one ----

hal::runtime_options options_for(const sysfs_tree &machine, const plugin_folder &plugins) {
  hal::runtime_options options = plugins.options();
  options.machine = machine.root();
  return options;
}

// Whether the module that scans PCI was built.
bool can_scan(const hal::inventory &listing) {
  const bool missing =
      std::any_of(listing.warnings.begin(), listing.warnings.end(),
                  [](const std::string &warning) { return hal::test::contains(warning, "hal-pci.so"); });
  if (missing) MESSAGE("skipped: built without libpci");
  return !missing;
}

sysfs_function gpu(const char *vendor, const char *device) {
  sysfs_function function;
  function.vendor = vendor;
  function.device = device;
  function.class_code = "0x030200";
  return function;
}

TEST_CASE("runtime: another machine's hardware is listed and no plugin is loaded") {
  sysfs_tree machine;
  machine.add("0000:17:00.0", gpu("0x10de", "0x2335"));
  machine.add("0000:00:1f.0", {});
  plugin_folder folder;
  folder.add_manifest("cuda", R"({"name": "cuda", "version": "1", "library": "gone.so", "abi": {"major": 1},
                                  "match": [{"vendor": "0x10de"}], "needs": {"kernel_drivers": ["nvidia"]}})");
  hal::runtime runtime(options_for(machine, folder));
  const auto listing = runtime.look();
  if (!can_scan(*listing)) return;
  REQUIRE(listing->devices.size() == 1);
  const hal::device_entry &entry = listing->devices[0];
  CHECK(entry.identity.pci == hal::parse_pci_address("0000:17:00.0"));
  CHECK(entry.vendor == "NVIDIA");
  CHECK_FALSE(entry.usable());
  REQUIRE(entry.unusable);
  CHECK(entry.unusable->id == "driver_not_bound");
  CHECK_NAMES(entry.unusable->text, "nvidia");
  CHECK(to_string(find_plugin(*listing, "cuda").state) == "idle");
  const hal::error error = thrown([&] { runtime.open("17:00.0"); });
  CHECK(error.status() == hal::status::unavailable);
  CHECK_NAMES(error.what(), entry.unusable->text);
}

TEST_CASE("runtime: hardware that no manifest names has that for a reason") {
  sysfs_tree machine;
  machine.add("0000:03:00.0", gpu("0x1002", "0x74a1"));
  const plugin_folder folder;
  hal::runtime runtime(options_for(machine, folder));
  const auto listing = runtime.look();
  if (!can_scan(*listing)) return;
  REQUIRE(listing->devices.size() == 1);
  CHECK(listing->devices[0].unusable->id == "no_plugin");
}

TEST_CASE("runtime: a machine that is not there is a warning") {
  const plugin_folder folder;
  hal::runtime_options options = folder.options();
  options.machine = "/nonexistent/machine";
  hal::runtime runtime(options);
  const auto listing = runtime.look();
  CHECK(listing->devices.empty());
  REQUIRE(listing->warnings.size() >= 1);
  if (can_scan(*listing)) CHECK_NAMES(listing->warnings[0], "/nonexistent/machine");
}

}  // namespace
