#include "runtime/probing/cache.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "hal/runtime.hpp"
#include "runtime/probing/options.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"
#include "tests/unit/runtime/secure_mode.hpp"

namespace {
namespace fs = std::filesystem;

using hal::rt::probe_cache;
using hal::test::devices_of;
using hal::test::environment_variable;
using hal::test::find_plugin;
using hal::test::plugin_folder;
using hal::test::temporary_directory;

constexpr const char *key = "the key";
const std::string bytes("the \0 answer", 12);

std::string read(const fs::path &file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

unsigned mode(const fs::path &file) {
  return static_cast<unsigned>(fs::status(file).permissions());
}

struct kept {
  temporary_directory home;
  fs::path folder = home.path() / "a" / "hal";
  fs::path file = folder / "cuda.probe";
  probe_cache cache{folder};
  kept() { cache.keep("cuda", key, bytes); }
};

TEST_CASE("probe cache: what is kept is found under its key, and is this user's alone") {
  const kept here;
  CHECK(here.cache.find("cuda", key) == bytes);
  CHECK_FALSE(here.cache.find("cuda", "another key"));
  CHECK_FALSE(here.cache.find("cuda", ""));
  CHECK_FALSE(here.cache.find("hip", key));
  CHECK(mode(here.folder) == 0700);
  CHECK(mode(here.file) == 0600);
  CHECK(std::distance(fs::directory_iterator(here.folder), fs::directory_iterator()) == 1);
  here.cache.keep("cuda", "newer", "x");
  CHECK_FALSE(here.cache.find("cuda", key));
  CHECK(here.cache.find("cuda", "newer") == "x");
}

TEST_CASE("probe cache: a damaged file counts for nothing, whatever the damage") {
  const kept here;
  const std::string whole = read(here.file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    hal::test::write_file(here.file, damaged);
    CHECK_FALSE(here.cache.find("cuda", key));
    hal::test::write_file(here.file, whole.substr(0, at));
    CHECK_FALSE(here.cache.find("cuda", key));
  }
  hal::test::write_file(here.file, whole + "x");
  CHECK_FALSE(here.cache.find("cuda", key));
  hal::test::write_file(here.file, whole);
  CHECK(here.cache.find("cuda", key) == bytes);
}

TEST_CASE("probe cache: links, folders, and what others may write count for nothing") {
  const kept here;
  fs::permissions(here.file, static_cast<fs::perms>(0620));
  CHECK_FALSE(here.cache.find("cuda", key));
  fs::permissions(here.file, static_cast<fs::perms>(0600));
  CHECK(here.cache.find("cuda", key));
  fs::permissions(here.folder, static_cast<fs::perms>(0770));
  CHECK_FALSE(here.cache.find("cuda", key));
  fs::permissions(here.folder, static_cast<fs::perms>(0700));
  fs::rename(here.file, here.folder / "real");
  fs::create_symlink("real", here.file);
  CHECK_FALSE(here.cache.find("cuda", key));
  fs::remove(here.file);
  fs::create_directory(here.file);
  CHECK_FALSE(here.cache.find("cuda", key));
  here.cache.keep("cuda", key, bytes);
  CHECK_FALSE(here.cache.find("cuda", key));
  fs::create_directory_symlink(here.folder, here.home.path() / "link");
  const probe_cache linked(here.home.path() / "link");
  CHECK_FALSE(linked.find("real", key));
  linked.keep("new", key, bytes);
  CHECK_FALSE(fs::exists(here.folder / "new.probe"));
}

TEST_CASE("probe cache: another user's file counts for nothing") {
  const kept here;
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can give files away");
    return;
  }
  REQUIRE(::chown(here.file.c_str(), 65534, 65534) == 0);
  CHECK_FALSE(here.cache.find("cuda", key));
  REQUIRE(::chown(here.file.c_str(), 0, 0) == 0);
  REQUIRE(::chown(here.folder.c_str(), 65534, 65534) == 0);
  CHECK_FALSE(here.cache.find("cuda", key));
}

TEST_CASE("probe cache: a folder that cannot be made keeps nothing, and nobody is told") {
  const temporary_directory home;
  hal::test::write_file(home.path() / "file", "");
  const probe_cache cache(home.path() / "file" / "hal");
  cache.keep("cuda", key, bytes);
  CHECK_FALSE(cache.find("cuda", key));
  const probe_cache none{fs::path()};
  none.keep("cuda", key, bytes);
  CHECK_FALSE(none.find("cuda", key));
}

TEST_CASE("probe cache: several writers at once leave one whole file") {
  const kept here;
  std::vector<std::thread> writers;
  for (int number = 0; number < 4; ++number) {
    writers.emplace_back([&here] {
      for (int round = 0; round < 50; ++round) {
        here.cache.keep("cuda", key, bytes);
        CHECK(here.cache.find("cuda", key) == bytes);
      }
    });
  }
  for (std::thread &writer : writers) writer.join();
  CHECK(std::distance(fs::directory_iterator(here.folder), fs::directory_iterator()) == 1);
}

// ---- Which folder ----

TEST_CASE("probe cache: the folder is the caller's choice, the environment's, or the user's") {
  hal::runtime_options options;
  const environment_variable unset("HAL_CACHE", "");
  const environment_variable home("HOME", "/home/me");
  {
    const environment_variable none("XDG_CACHE_HOME", "");
    CHECK(hal::rt::cache_folder(options) == "/home/me/.cache/hal");
  }
  const environment_variable xdg("XDG_CACHE_HOME", "/var/me");
  CHECK(hal::rt::cache_folder(options) == "/var/me/hal");
  {
    const environment_variable own("HAL_CACHE", "/own");
    CHECK(hal::rt::cache_folder(options) == "/own");
  }
  const environment_variable off("HAL_CACHE", "off");
  CHECK(hal::rt::cache_folder(options).empty());
  options.cache = true;
  CHECK(hal::rt::cache_folder(options) == "/var/me/hal");
  const hal::test::secure_mode secure;
  CHECK(hal::rt::cache_folder(options).empty());
}

// ---- In the runtime: the plugin counts how often it is asked ----

class counted {
 public:
  counted() {
    const fs::path built = hal::test::fixture_library("failing").parent_path();
    fs::copy_file(built / "failing.so", folder.library("counted"));
    fs::copy_file(built / "libhal-fixture-failing.so", folder.path() / "libhal-fixture-failing.so");
    plan("none");
    manifest("");
  }
  void manifest(const std::string &more) const {
    folder.add_manifest("counted", hal::test::manifest_text("counted", "counted.so", more));
  }
  void plan(const std::string &kind) const {
    hal::test::write_file(folder.path() / "plan", "counted query " + kind);
  }
  std::size_t asked() const { return read(folder.path() / "asked").size(); }
  std::shared_ptr<const hal::inventory> look(std::optional<bool> cached = true) const {
    hal::runtime_options options = folder.options();
    options.cache = cached;
    return hal::runtime(options).look();
  }

  plugin_folder folder;
  temporary_directory home;
  environment_variable xdg{"XDG_CACHE_HOME", home.path().string()};
};

TEST_CASE("probe cache: a plugin is asked once, until something changes") {
  const counted plugin;
  const auto first = plugin.look();
  CHECK(devices_of(*first, "counted") == 1);
  CHECK(plugin.asked() == 1);
  const auto second = plugin.look();
  CHECK(plugin.asked() == 1);
  REQUIRE(devices_of(*second, "counted") == 1);
  CHECK(second->devices[0].name == first->devices[0].name);
  CHECK(find_plugin(*second, "counted").version == find_plugin(*first, "counted").version);
  SUBCASE("the manifest") {
    plugin.manifest(R"(, "description": "new")");
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("the plugin") {
    fs::copy_file(plugin.folder.library("counted"), plugin.folder.path() / "copy");
    fs::rename(plugin.folder.path() / "copy", plugin.folder.library("counted"));
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("where libraries are looked for") {
    const environment_variable path("LD_LIBRARY_PATH", "/nonexistent");
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("nothing is to be kept") {
    plugin.look(false);
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("the environment says so") {
    const environment_variable off("HAL_CACHE", "off");
    plugin.look({});
    CHECK(plugin.asked() == 2);
  }
}

TEST_CASE("probe cache: what the manifest says the plugin needs is part of the key") {
  const counted plugin;
  const temporary_directory system;
  const fs::path library = system.path() / "libvendor.so.1";
  const fs::path node = system.path() / "vendor0";
  hal::test::write_file(library, "one");
  hal::test::write_file(node, "");
  const environment_variable path("LD_LIBRARY_PATH", system.path().string());
  plugin.manifest(
      R"(, "needs": {"libraries": [{"file": "libvendor.so.1"}], "visibility_variables": ["VENDOR_VISIBLE"],
                   "device_nodes": [")" +
      (system.path() / "vendor*").string() + R"("]})");
  plugin.look();
  plugin.look();
  CHECK(plugin.asked() == 1);
  SUBCASE("the vendor's library") {
    hal::test::write_file(library, "two!");
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("the variable") {
    const environment_variable visible("VENDOR_VISIBLE", "");
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
  SUBCASE("another variable") {
    const environment_variable visible("SOMETHING", "else");
    plugin.look();
    CHECK(plugin.asked() == 1);
  }
  SUBCASE("a node more") {
    hal::test::write_file(system.path() / "vendor1", "");
    plugin.look();
    CHECK(plugin.asked() == 2);
  }
}

TEST_CASE("probe cache: a crash is not kept") {
  const counted plugin;
  plugin.plan("segfault");
  CHECK(find_plugin(*plugin.look(), "counted").why->id == "probe_crashed");
  plugin.plan("none");
  CHECK(devices_of(*plugin.look(), "counted") == 1);
}

TEST_CASE("probe cache: a refusal that is the plugin's own is kept, a library that lacks is not") {
  const temporary_directory home;
  const environment_variable xdg("XDG_CACHE_HOME", home.path().string());
  const plugin_folder folder;
  folder.add("wrong_major");
  folder.add_copy("missing_dependency");
  hal::runtime_options options = folder.options();
  options.cache = true;
  const auto first = hal::runtime(options).look();
  std::vector<std::string> names;
  for (const auto &entry : fs::directory_iterator(home.path() / "hal"))
    names.push_back(entry.path().filename());
  REQUIRE(names.size() == 1);
  CHECK(names[0].starts_with("wrong_major-"));
  const auto second = hal::runtime(options).look();
  CHECK(find_plugin(*second, "wrong_major").why->text == find_plugin(*first, "wrong_major").why->text);
}

}  // namespace
