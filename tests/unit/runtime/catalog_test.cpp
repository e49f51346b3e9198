#include "runtime/catalog.hpp"

#include <doctest/doctest.h>

#include "devices/describe.hpp"
#include "hal/error.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"
#include "tests/unit/runtime/secure_mode.hpp"

namespace {

using hal::rt::catalog;
using hal::rt::catalog_entry;
using hal::test::plugin_folder;

std::vector<std::string> names(const catalog &plugins) {
  std::vector<std::string> all;
  for (const catalog_entry &entry : plugins.entries()) all.push_back(entry.facts.name);
  return all;
}

// Three manifests whose shared objects do not exist.
class three {
 public:
  three() {
    for (const char *name : {"cuda", "hip", "host"}) {
      folder.add_manifest(name, hal::test::manifest_text(name, "gone.so", R"(, "description": "words")"));
    }
  }
  hal::runtime_options options(std::optional<std::string> rule) const {
    hal::runtime_options options = folder.options();
    options.plugins = std::move(rule);
    return options;
  }
  plugin_folder folder;
};

TEST_CASE("catalog: manifests are read and nothing is loaded") {
  const three all;
  const catalog plugins(all.options(""));
  CHECK(names(plugins) == std::vector<std::string>{"cuda", "hip", "host"});
  for (const catalog_entry &entry : plugins.entries()) {
    CHECK(to_string(entry.facts.state) == "idle");
    CHECK(entry.module == nullptr);
    CHECK(entry.facts.version == "1");
    CHECK(entry.facts.description == "words");
    CHECK(entry.facts.library == all.folder.path() / "gone.so");
  }
  CHECK(plugins.warnings().empty());
}

TEST_CASE("catalog: the rule excludes, and orders what it names") {
  const three all;
  const catalog plugins(all.options("host,cuda"));
  CHECK(names(plugins) == std::vector<std::string>{"host", "cuda", "hip"});
  const catalog_entry &hip = plugins.entries()[2];
  CHECK(to_string(hip.facts.state) == "excluded");
  REQUIRE(hip.facts.why);
  CHECK(hip.facts.why->id == "excluded");
  CHECK_NAMES(hip.facts.why->text, "'host,cuda'");
}

TEST_CASE("catalog: the rule is the environment's where the caller has none") {
  const three all;
  const hal::test::environment_variable variable("HAL_PLUGINS", "-hip");
  CHECK(to_string(catalog(all.options({})).entries()[1].facts.state) == "excluded");
  CHECK(to_string(catalog(all.options("")).entries()[1].facts.state) == "idle");
  const hal::test::secure_mode secure;
  CHECK(to_string(catalog(all.options({})).entries()[1].facts.state) == "idle");
}

TEST_CASE("catalog: a rule that cannot be read is the caller's mistake") {
  const three all;
  CHECK(hal::test::thrown([&] { catalog{all.options("NVIDIA!")}; }).status() ==
        hal::status::invalid_argument);
}

TEST_CASE("catalog: a plugin that is refused keeps its reason when the rule excludes it, too") {
  const plugin_folder folder;
  folder.add_manifest("cuda", "{");
  hal::runtime_options options = folder.options();
  options.plugins = "-cuda";
  CHECK(to_string(catalog(options).entries()[0].facts.state) == "refused");
}

TEST_CASE("catalog: what a child found is kept, with what discovery wants to know; nothing is loaded here") {
  const plugin_folder folder;
  folder.add("heap_a");
  catalog plugins(folder.options());
  catalog_entry &entry = plugins.entries()[0];
  REQUIRE(catalog::can_be_asked(entry));
  hal::rt::prober asked(hal::rt::probe_helper(), {.deadline = std::chrono::seconds{60}});
  const hal::rt::probe_request request{entry.facts.name, entry.facts.library};
  catalog::take(entry, asked.run({&request, 1})[0], {});
  CHECK(to_string(entry.facts.state) == "available");
  CHECK(entry.module == nullptr);
  CHECK(entry.devices.size() == 2);
  CHECK((entry.outcome.state == hal::discovery::plugin_state::probed));
}

TEST_CASE("catalog: a device that moved is found where it is now, and one that left is told") {
  const plugin_folder folder;
  folder.add("heap_a");
  catalog plugins(folder.options());
  catalog_entry &entry = plugins.entries()[0];
  catalog::load(entry, {});
  REQUIRE(entry.module != nullptr);
  // As if the child had counted otherwise than this process does: the listed one has another name here.
  hal::device_info listed = hal::devices::describe(entry.module->table(), 1);
  CHECK(catalog::as_loaded(entry, listed).index == 1);
  listed.name = "another";
  entry.devices = {listed};
  const hal::error gone = hal::test::thrown([&] { catalog::as_loaded(entry, listed); });
  CHECK(gone.status() == hal::status::device_lost);
  CHECK(gone.device() == "heap_a:1");
  CHECK_NAMES(gone.what(), "'another'");
}

}  // namespace
