// Every way in which a plugin can be wrong: its state, its sentence, and that the others are still there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "hal/error.hpp"
#include "hal/runtime.hpp"
#include "tests/support/object_bytes.hpp"
#include "tests/support/ordinary_user.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

TEST_SUITE_BEGIN("loader");

namespace {
namespace fs = std::filesystem;

using hal::plugin_state;
using hal::test::devices_of;
using hal::test::find_plugin;
using hal::test::object_bytes;
using hal::test::plugin_folder;

// Looks at a folder that also holds a sound plugin, whose device is there whatever the others do.
std::shared_ptr<const hal::inventory> look_at(const plugin_folder &folder) {
  folder.add("null");
  hal::runtime runtime(folder.options());
  const auto listing = runtime.look();
  CHECK(find_plugin(*listing, "null").state == plugin_state::available);
  CHECK(devices_of(*listing, "null") == 1);
  CHECK_NOTHROW(runtime.open("null:0"));
  return listing;
}

struct outcome {
  hal::plugin_entry entry;
  std::shared_ptr<const hal::inventory> listing;
  std::string why() const { return entry.why ? entry.why->text : std::string(); }
  std::string id() const { return entry.why ? entry.why->id : std::string(); }
};

outcome look_at(const plugin_folder &folder, const std::string &name) {
  const auto listing = look_at(folder);
  return {find_plugin(*listing, name), listing};
}

outcome look_at_fixture(const std::string &name) {
  const plugin_folder folder;
  folder.add(name);
  return look_at(folder, name);
}

// Not loaded, or loaded and not accepted: the sentence names the shared object.
void check_refused(const std::string &name, std::initializer_list<std::string> parts) {
  CAPTURE(name);
  const plugin_folder folder;
  folder.add(name);
  const outcome found = look_at(folder, name);
  CHECK(to_string(found.entry.state) == "refused");
  CHECK(found.id() == "plugin_refused");
  CHECK(found.entry.library == folder.library(name));
  CHECK(found.entry.device_count == 0);
  CHECK(devices_of(*found.listing, name) == 0);
  CHECK_NAMES(found.why(), folder.library(name).string());
  for (const std::string &part : parts) CHECK_NAMES(found.why(), part);
}

// A file that is damaged: refused before it is loaded, in words that name it.
void check_damaged(const std::string &name, std::string_view bytes, const std::string &part) {
  const plugin_folder folder;
  folder.add_manifest(name, hal::test::manifest_text(name, name + ".so"));
  hal::test::write_file(folder.library(name), bytes);
  const outcome found = look_at(folder, name);
  CHECK(to_string(found.entry.state) == "refused");
  CHECK_NAMES(found.why(), folder.library(name).string());
  CHECK_NAMES(found.why(), part);
}

// ---- Tables ----

TEST_CASE("loader: a sound plugin") {
  const outcome found = look_at_fixture("heap_a");
  CHECK(to_string(found.entry.state) == "available");
  CHECK_FALSE(found.entry.why);
  CHECK(found.entry.device_count == 2);
  CHECK(found.entry.version == "1");
  CHECK(devices_of(*found.listing, "heap_a") == 2);
}

TEST_CASE("loader: no symbol") {
  check_refused("no_symbol", {"does not export hal_plugin_query"});
}

TEST_CASE("loader: no table") {
  check_refused("no_table", {"hal_plugin_query", "no table"});
}

TEST_CASE("loader: another major version, with both") {
  check_refused("wrong_major", {fmt::format("version {}.{} ", HAL_ABI_MAJOR + 1, HAL_ABI_MINOR),
                                fmt::format("this library has {}.{}", HAL_ABI_MAJOR, HAL_ABI_MINOR)});
}

TEST_CASE("loader: a table that says that it has no size, or too little") {
  check_refused("size_zero", {"0 bytes"});
  check_refused("size_short", {"56 bytes", "72"});
}

TEST_CASE("loader: required entries that are missing are named") {
  check_refused("missing_required", {"event_query, copy"});
  check_refused("missing_probe", {"probe"});
  check_refused("no_device_table", {"no device table"});
  check_refused("no_name", {"no name"});
}

TEST_CASE("loader: a name other than the manifest's, with both") {
  check_refused("other_name", {"'somebody'", "'other_name'"});
}

// Opens the plugin's device and asks for what its table ends before.
void check_unsupported(const plugin_folder &folder, const char *name) {
  hal::runtime runtime(folder.options());
  const hal::device device = runtime.open(std::string(name) + ":0");
  hal::stream stream = device.create_stream();
  const hal::buffer memory = device.allocate(16);
  CHECK_NOTHROW(stream.copy(memory, std::string(16, 'x')));
  const hal::error error =
      hal::test::thrown([&] { stream.launch(hal::kernel(), {.grid = 1, .block = 1}, memory, 1.0f); });
  CHECK(error.status() == hal::status::unsupported);
  CHECK_NAMES(error.what(), "launch");
  CHECK(error.device() == std::string(name) + ":0");
}

TEST_CASE("loader: an older, shorter device table is accepted; what it lacks is unsupported") {
  const plugin_folder folder;
  folder.add("older_shorter");
  CHECK(to_string(look_at(folder, "older_shorter").entry.state) == "available");
  check_unsupported(folder, "older_shorter");
}

TEST_CASE("loader: a table that ends within an entry lacks that entry") {
  const plugin_folder folder;
  folder.add("half_entry");
  CHECK(to_string(look_at(folder, "half_entry").entry.state) == "available");
  check_unsupported(folder, "half_entry");
}

TEST_CASE("loader: newer, longer tables are accepted") {
  const plugin_folder folder;
  folder.add("newer_longer");
  CHECK(to_string(look_at(folder, "newer_longer").entry.state) == "available");
  hal::runtime runtime(folder.options());
  CHECK_NOTHROW(runtime.open("newer_longer:0").create_stream().synchronize());
}

// ---- Probing and describing ----

TEST_CASE("loader: no device is an ordinary answer") {
  const outcome found = look_at_fixture("no_device");
  CHECK(to_string(found.entry.state) == "available");
  CHECK(found.id() == "no_device");
  CHECK(found.entry.device_count == 0);
}

TEST_CASE("loader: an absurd number of devices is not believed") {
  const outcome found = look_at_fixture("absurd_count");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK_NAMES(found.why(), "'absurd_count'");
  CHECK_NAMES(found.why(), "4000000000");
  CHECK(devices_of(*found.listing, "absurd_count") == 0);
}

TEST_CASE("loader: a probe that fails is quoted") {
  const outcome found = look_at_fixture("probe_fails");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK(found.id() == "probe_failed");
  CHECK_NAMES(found.why(), "libexample.so.1 answered 999; load the driver.");
}

TEST_CASE("loader: a probe that fails without a word is told with its status") {
  const outcome found = look_at_fixture("probe_fails_silently");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK_NAMES(found.why(), "permission_denied (22)");
}

TEST_CASE("loader: a probe that fails in a status and a script of its own") {
  const outcome found = look_at_fixture("probe_fails_oddly");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK(found.why() == "Ger?t fehlt ?[31m.");
}

TEST_CASE("loader: a message without an end is cut") {
  const outcome found = look_at_fixture("probe_fails_endlessly");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK(found.why() == std::string(HAL_ERROR_MESSAGE_SIZE, 'x'));
}

TEST_CASE("loader: a device that cannot be described does not hide the plugin's others") {
  const outcome found = look_at_fixture("describe_fails_for_one");
  CHECK(to_string(found.entry.state) == "available");
  CHECK(found.entry.device_count == 2);
  CHECK(devices_of(*found.listing, "describe_fails_for_one") == 2);
  REQUIRE(found.listing->warnings.size() >= 1);
  const std::string &warning = found.listing->warnings.front();
  CHECK_NAMES(warning, "describe_fails_for_one:1");
  CHECK_NAMES(warning, "The device 1 fell off the bus.");
  // The third device is still the third.
  const auto &devices = found.listing->devices;
  CHECK(std::any_of(devices.begin(), devices.end(), [](const hal::device_entry &entry) {
    return entry.usable() && entry.ways_in.front().selector() == "describe_fails_for_one:2";
  }));
}

TEST_CASE("loader: a plugin none of whose devices can be described has failed") {
  const outcome found = look_at_fixture("describe_fails");
  CHECK(to_string(found.entry.state) == "failed");
  CHECK_NAMES(found.why(), "The device fell off the bus.");
  CHECK(found.entry.device_count == 0);
}

TEST_CASE("loader: texts that are none are made printable") {
  const outcome found = look_at_fixture("bad_text");
  CHECK(to_string(found.entry.state) == "available");
  CHECK(found.entry.version == "1?");
  const auto &devices = found.listing->devices;
  const auto entry = std::find_if(devices.begin(), devices.end(), [](const hal::device_entry &one) {
    return one.usable() && one.ways_in.front().plugin == "bad_text";
  });
  REQUIRE((entry != devices.end()));
  CHECK(entry->name == std::string(128, 'n'));
  CHECK(entry->vendor == "V?ndor");
  CHECK(entry->ways_in.front().targets == std::vector<std::string>{"?", "t1"});
}

TEST_CASE("loader: a plugin that opens nothing has failed to open") {
  const plugin_folder folder;
  folder.add("open_gives_nothing");
  hal::runtime runtime(folder.options());
  const hal::error error = hal::test::thrown([&] { runtime.open("open_gives_nothing:0"); });
  CHECK(error.status() == hal::status::internal);
  CHECK_NAMES(error.what(), "open_gives_nothing:0");
}

// ---- The dynamic linker ----

TEST_CASE("loader: the library that is missing is named") {
  const plugin_folder folder;
  folder.add_copy("missing_dependency");
  const outcome found = look_at(folder, "missing_dependency");
  CHECK(to_string(found.entry.state) == "refused");
  CHECK_NAMES(found.why(), folder.library("missing_dependency").string());
  CHECK_NAMES(found.why(), "libhal-fixture-gone.so.7");
  CHECK_FALSE(hal::test::contains(found.why(), "boost"));
}

TEST_CASE("loader: the symbol that is missing is named when it is loaded, not when it is called") {
  check_refused("missing_symbol", {"hal_fixture_that_nobody_defines"});
}

// ---- Files ----

TEST_CASE("loader: files that are no shared object of this machine") {
  const object_bytes sound(hal::test::fixture_library("null"));
  check_damaged("truncated", sound.cut(sound.size() / 2).text(), "it is cut short");
  check_damaged("beheaded", sound.cut(40).text(), "it is cut short");
  check_damaged("empty", "", "it is empty");
  check_damaged("text", "#!/bin/sh\n", "it is not an ELF file");
  const auto other = std::uint16_t(sound.read<std::uint16_t>(object_bytes::machine_at) == 183 ? 62 : 183);
  check_damaged("foreign", sound.with(object_bytes::machine_at, other).text(), "it is made for");
}

TEST_CASE("loader: a library that is not there, a folder, a loop") {
  const plugin_folder folder;
  for (const char *name : {"gone", "folder", "loop"}) {
    folder.add_manifest(name, hal::test::manifest_text(name, std::string(name) + ".so"));
  }
  fs::create_directory(folder.library("folder"));
  fs::create_symlink("loop.so", folder.library("loop"));
  const auto listing = look_at(folder);
  for (const auto &[name, part] :
       {std::pair{"gone", "No such file"}, std::pair{"folder", "it is a directory"},
        std::pair{"loop", "symbolic links"}}) {
    const hal::plugin_entry &entry = find_plugin(*listing, name);
    CHECK(to_string(entry.state) == "refused");
    REQUIRE(entry.why);
    CHECK_NAMES(entry.why->text, folder.library(name).string());
    CHECK_NAMES(entry.why->text, part);
  }
}

TEST_CASE("loader: a library that may not be read") {
  const plugin_folder folder;
  folder.add_copy("no_device");
  folder.add_copy("null");
  fs::permissions(folder.library("no_device"), fs::perms::none);
  folder.open_to_everybody();
  const hal::test::ordinary_user user;
  if (!user) {
    MESSAGE("skipped: root cannot become an ordinary user here");
    return;
  }
  hal::runtime runtime(folder.options());
  const auto listing = runtime.look();
  const hal::plugin_entry &entry = find_plugin(*listing, "no_device");
  CHECK(to_string(entry.state) == "refused");
  REQUIRE(entry.why);
  CHECK_NAMES(entry.why->text, folder.library("no_device").string());
  CHECK_NAMES(entry.why->text, "Permission denied");
  CHECK(devices_of(*listing, "null") == 1);
}

// ---- Manifests ----

TEST_CASE("loader: a manifest that cannot be read is an entry with the reason") {
  const plugin_folder folder;
  folder.add_manifest("broken", "{");
  const outcome found = look_at(folder, "broken");
  CHECK(to_string(found.entry.state) == "refused");
  CHECK(found.entry.manifest == folder.manifest("broken"));
  CHECK_NAMES(found.why(), folder.manifest("broken").string());
  CHECK_NAMES(found.why(), "is not JSON");
}

TEST_CASE("loader: a manifest whose numbers overflow does not hide the others") {
  const plugin_folder folder;
  folder.add_manifest("broken", R"({"name": 1e999})");
  CHECK(to_string(look_at(folder, "broken").entry.state) == "refused");
}

TEST_CASE("loader: a library outside of the manifest's folder is refused") {
  const plugin_folder folder;
  folder.add_manifest("outside",
                      hal::test::manifest_text("outside", hal::test::fixture_library("null").string()));
  const outcome found = look_at(folder, "outside");
  CHECK(to_string(found.entry.state) == "refused");
  CHECK_NAMES(found.why(), hal::test::fixture_library("null").string().substr(0, 40));
}

TEST_CASE("loader: a manifest for another version of the boundary is refused without loading anything") {
  const plugin_folder folder;
  const auto manifest = [](const char *abi) {
    return fmt::format(
        R"({{"name": "future", "version": "1", "library": "gone.so", "abi": {}, "match": []}})", abi);
  };
  const std::pair<const char *, const char *> cases[] = {
      {R"({"major": 2})", "from 2.0 to 2.65535"},
      {R"({"major": 1, "minor": 5})", "from 1.5 to 1.65535"},
      {R"({"major": 1, "minor": 9, "minor_most": 3})", "from 1.9 to 1.3"},
  };
  for (const auto &[abi, asked] : cases) {
    folder.add_manifest("future", manifest(abi));
    hal::runtime runtime(folder.options());
    const auto listing = runtime.look();
    const hal::plugin_entry &entry = find_plugin(*listing, "future");
    CHECK(to_string(entry.state) == "refused");
    REQUIRE(entry.why);
    CHECK_NAMES(entry.why->text, folder.manifest("future").string());
    CHECK_NAMES(entry.why->text, std::string(asked));
    CHECK_NAMES(entry.why->text, fmt::format("this library has {}.{}", HAL_ABI_MAJOR, HAL_ABI_MINOR));
  }
}

TEST_CASE("loader: of two plugins with one name the first on the path counts") {
  const plugin_folder first;
  const plugin_folder second;
  first.add("heap_a");
  second.add("heap_a");
  second.add("heap_b");
  hal::runtime_options options = first.options();
  options.plugin_path.push_back(second.path());
  hal::runtime runtime(options);
  const auto listing = runtime.look();
  REQUIRE(listing->plugins.size() == 3);
  CHECK(listing->plugins[0].manifest == first.manifest("heap_a"));
  CHECK(to_string(listing->plugins[0].state) == "available");
  CHECK(listing->plugins[1].manifest == second.manifest("heap_a"));
  CHECK(to_string(listing->plugins[1].state) == "refused");
  REQUIRE(listing->plugins[1].why);
  CHECK_NAMES(listing->plugins[1].why->text, "'heap_a'");
  CHECK_NAMES(listing->plugins[1].why->text, first.manifest("heap_a").string());
  CHECK(devices_of(*listing, "heap_a") == 2);
  CHECK(devices_of(*listing, "heap_b") == 2);
}

TEST_CASE("loader: a sound plugin behind a broken one of the same name is used") {
  const plugin_folder first;
  const plugin_folder second;
  first.add_manifest(
      "heap_a", R"({"name": "heap_a", "version": "1", "library": "x.so", "abi": {"major": 9}, "match": []})");
  second.add("heap_a");
  hal::runtime_options options = first.options();
  options.plugin_path.push_back(second.path());
  hal::runtime runtime(options);
  CHECK(devices_of(*runtime.look(), "heap_a") == 2);
}

TEST_CASE("loader: one folder by two names holds one plugin") {
  const plugin_folder folder;
  const hal::test::temporary_directory elsewhere;
  folder.add("heap_a");
  fs::create_directory_symlink(folder.path(), elsewhere.path() / "link");
  hal::runtime_options options = folder.options();
  options.plugin_path.push_back(elsewhere.path() / "link");
  options.plugin_path.push_back(folder.path() / ".." / folder.path().filename());
  hal::runtime runtime(options);
  CHECK(runtime.look()->plugins.size() == 1);
}

}  // namespace

TEST_SUITE_END();
