// Every cause that needs a look at the system, on a made-up one.
#include "discovery/need_checks.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <set>

#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {
namespace fs = std::filesystem;
using namespace hal::discovery;
using hal::test::write_file;

class machine {
 public:
  machine() {
    view.root = root.path();
    view.environment = [this](const char *name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    view.may_use = [this](const fs::path &file) { return !closed.contains(file.filename().string()); };
    plugin.name = "acme";
    plugin.matches = {{0x10de, {}, {}, 0xffff00}};
    function.address = {0, 0x17, 0, 0};
    function.vendor = 0x10de;
    function.driver = "acme_drm";
    fs::create_directories(root.path() / "dev");
    fs::create_directories(root.path() / "etc");
  }
  void add_node(const std::string &name, unsigned mode = 0660) const {
    write_file(root.path() / "dev" / name, "");
    fs::permissions(root.path() / "dev" / name, static_cast<fs::perms>(mode));
  }
  std::optional<reason> first(plugin_state state) {
    const library_search search(view);
    const auto checks = need_checks(view, search);
    const plugin_outcome outcome{state, "its own words", {}};
    return first_cause(function, {&plugin, 1}, {&outcome, 1}, checks);
  }
  std::string cause_of(plugin_state state) {
    const auto found = first(state);
    return found ? std::string(id(found->why)) : "";
  }

  hal::test::temporary_directory root;
  std::map<std::string, std::string> variables;
  std::set<std::string> closed;
  system_view view;
  manifest plugin;
  pci_function function;
};

TEST_CASE("needs: a node that is missing") {
  machine all;
  all.plugin.needs.device_nodes = {"/dev/acme*"};
  CHECK(all.cause_of(plugin_state::probe_failed) == "node_missing");
  CHECK_NAMES(all.first(plugin_state::probe_failed)->text, "/dev/acme*");
  CHECK(all.cause_of(plugin_state::probed) == "not_reported");
  all.add_node("acme0");
  CHECK(all.cause_of(plugin_state::probe_failed) == "probe_failed");
}

TEST_CASE("needs: a node that this user may not use names the group that could") {
  machine all;
  all.plugin.needs.device_nodes = {"/dev/acme*"};
  all.add_node("acme0");
  const fs::path node = all.root.path() / "dev/acme0";
  struct stat facts {};
  REQUIRE(::stat(node.c_str(), &facts) == 0);
  // Whatever group the file got: its number is another name's here. Group 0 is nobody's to join.
  const gid_t group = facts.st_gid == 0 && ::geteuid() == 0 ? 4711 : facts.st_gid;
  REQUIRE(::chown(node.c_str(), static_cast<uid_t>(-1), group) == 0);
  write_file(all.root.path() / "etc/group",
             "root:x:0:\nbroken\n:\nrender:x:" + std::to_string(group) + ":me\n");
  all.closed = {"acme0"};
  const auto found = all.first(plugin_state::probe_failed);
  REQUIRE(found);
  CHECK(id(found->why) == "node_not_readable");
  CHECK_NAMES(found->text, "/dev/acme0");
  CHECK_NAMES(found->text, "it belongs to the group render, with mode 0660");
  if (group != 0) CHECK_NAMES(found->text, "Join the group render");
  fs::permissions(node, static_cast<fs::perms>(0600));
  CHECK_NAMES(all.first(plugin_state::probe_failed)->text, "Ask the administrator");
}

TEST_CASE("needs: of several nodes one must be usable, and each when the plugin works and misses a device") {
  machine all;
  all.plugin.needs.device_nodes = {"/dev/acme*"};
  all.add_node("acme0");
  all.add_node("acme1");
  all.closed = {"acme1"};
  CHECK(all.cause_of(plugin_state::probe_failed) == "probe_failed");
  CHECK(all.cause_of(plugin_state::probed) == "node_not_readable");
  CHECK_NAMES(all.first(plugin_state::probed)->text, "/dev/acme1");
  all.closed = {"acme0", "acme1"};
  CHECK(all.cause_of(plugin_state::probe_failed) == "node_not_readable");
}

TEST_CASE("needs: a vendor library that is not found, cannot be used, or is too old") {
  machine all;
  all.plugin.needs.libraries = {{"libacme.so.1", "2.5"}};
  CHECK(all.cause_of(plugin_state::refused) == "library_not_found");
  CHECK_NAMES(all.first(plugin_state::refused)->text, "libacme.so.1");
  const fs::path folder = all.root.path() / "usr/lib";
  fs::create_directories(folder);
  write_file(folder / "libacme.so.2.4", "no library");
  fs::create_symlink("libacme.so.2.4", folder / "libacme.so.1");
  CHECK(all.cause_of(plugin_state::refused) == "library_unusable");
  CHECK_NAMES(all.first(plugin_state::refused)->text, "/usr/lib/libacme.so.1: it is not an ELF file");
  fs::remove(folder / "libacme.so.2.4");
  fs::copy_file(hal::test::fixture_library("null"), folder / "libacme.so.2.4");
  for (const char *name :
       {"libc.so.6", "libasan.so.8", "libubsan.so.1", "libtsan.so.2", "libdl.so.2", "libpthread.so.0",
        "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}) {
    fs::copy_file(hal::test::fixture_library("null"), folder / name);
  }
  CHECK(all.cause_of(plugin_state::refused) == "library_too_old");
  CHECK_NAMES(all.first(plugin_state::refused)->text, "(2.4); the acme plugin needs 2.5 or newer");
  CHECK(all.cause_of(plugin_state::probed) == "not_reported");
}

TEST_CASE("needs: of several versions of a library one that works is enough") {
  machine all;
  all.plugin.needs.libraries = {{"libacme.so.3", "", {"libacme.so.2", "libacme.so.1"}}};
  CHECK(all.cause_of(plugin_state::refused) == "library_not_found");
  CHECK_NAMES(all.first(plugin_state::refused)->text, "libacme.so.3");
  const fs::path folder = all.root.path() / "usr/lib";
  fs::create_directories(folder);
  write_file(folder / "libacme.so.2", "no library");
  CHECK(all.cause_of(plugin_state::refused) == "library_unusable");
  CHECK_NAMES(all.first(plugin_state::refused)->text, "libacme.so.2");
  for (const char *name : {"libacme.so.1", "libc.so.6", "libasan.so.8", "libubsan.so.1", "libtsan.so.2",
                           "libdl.so.2", "libpthread.so.0", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6",
                           "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}) {
    fs::copy_file(hal::test::fixture_library("null"), folder / name);
  }
  CHECK(all.cause_of(plugin_state::refused) != "library_unusable");
  CHECK(all.cause_of(plugin_state::refused) != "library_not_found");
}

TEST_CASE("needs: a variable that hides devices") {
  machine all;
  all.plugin.needs.visibility_variables = {"ACME_VISIBLE", "ACME_MASK"};
  CHECK(all.cause_of(plugin_state::probed) == "not_reported");
  all.variables["ACME_MASK"] = "1,2";
  const auto found = all.first(plugin_state::probed);
  REQUIRE(found);
  CHECK(id(found->why) == "hidden");
  CHECK_NAMES(found->text, "ACME_MASK (its value is '1,2')");
  // Some devices are left, so that is not why the probe failed.
  CHECK(all.cause_of(plugin_state::probe_failed) == "probe_failed");
  for (const char *nothing : {"", "-1", "-1,0"}) {
    all.variables["ACME_MASK"] = nothing;
    CHECK(all.cause_of(plugin_state::probe_failed) == "hidden");
  }
  CHECK(all.cause_of(plugin_state::probe_crashed) == "probe_crashed");
  CHECK(all.cause_of(plugin_state::refused) == "plugin_refused");
}

TEST_CASE("needs: a device that sleeps and is not reported") {
  machine all;
  const fs::path power = all.root.path() / "sys/bus/pci/devices/0000:17:00.0/power";
  fs::create_directories(power);
  write_file(power / "runtime_status", "active\n");
  CHECK(all.cause_of(plugin_state::probed) == "not_reported");
  write_file(power / "runtime_status", "suspended\n");
  CHECK(all.cause_of(plugin_state::probed) == "suspended");
  CHECK_NAMES(all.first(plugin_state::probed)->text, "/sys/bus/pci/devices/0000:17:00.0/power/control");
  CHECK(all.cause_of(plugin_state::probe_failed) == "probe_failed");
  all.function.runtime_status = "active";
  CHECK(all.cause_of(plugin_state::probed) == "not_reported");
}

TEST_CASE("needs: exactly one first cause, from the kernel up") {
  machine all;
  all.plugin.needs = {{"acme_drm"}, {"/dev/acme*"}, {{"libacme.so.1", ""}}, {"ACME_VISIBLE"}};
  all.variables["ACME_VISIBLE"] = "";
  CHECK(all.cause_of(plugin_state::probe_failed) == "node_missing");
  all.add_node("acme0");
  CHECK(all.cause_of(plugin_state::probe_failed) == "library_not_found");
  all.plugin.needs.libraries.clear();
  CHECK(all.cause_of(plugin_state::probe_failed) == "hidden");
  all.function.driver = "vfio-pci";
  CHECK(all.cause_of(plugin_state::probe_failed) == "driver_wrong");
}

TEST_CASE("needs: of a recorded machine only what its files tell") {
  machine all;
  all.view.recorded = true;
  all.view.may_use = {};
  all.plugin.needs.device_nodes = {"/dev/acme*"};
  all.plugin.needs.libraries = {{"libacme.so.1", ""}};
  CHECK(all.cause_of(plugin_state::not_probed) == "node_missing");
  all.add_node("acme0", 0);
  CHECK(all.cause_of(plugin_state::not_probed).empty());
  fs::create_directories(all.root.path() / "usr/lib");
  CHECK(all.cause_of(plugin_state::not_probed) == "library_not_found");
  fs::remove_all(all.root.path() / "usr");
  fs::remove_all(all.root.path() / "dev");
  CHECK(all.cause_of(plugin_state::not_probed).empty());
}

}  // namespace
