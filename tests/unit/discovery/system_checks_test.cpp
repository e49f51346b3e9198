#include "discovery/system_checks.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {
namespace fs = std::filesystem;
using namespace hal::discovery;
using hal::test::write_file;

constexpr std::uint64_t mebibyte = 1 << 20;

TEST_CASE("system check: locked memory") {
  CHECK(check_locked_memory({{}, {}}).result == check_result::ok);
  CHECK(check_locked_memory({64 * mebibyte, {}}).result == check_result::ok);
  const system_check little = check_locked_memory({64 * 1024, {}});
  CHECK(little.result == check_result::warning);
  CHECK_NAMES(little.text, "64 KiB");
  CHECK_NAMES(little.text, "ulimit -l");
}

TEST_CASE("system check: shared memory") {
  CHECK(check_shared_memory({{}, 1024 * mebibyte}).result == check_result::ok);
  CHECK(check_shared_memory({{}, 64 * mebibyte}).result == check_result::warning);
  CHECK(check_shared_memory({{}, {}}).result == check_result::failure);
}

struct machine {
  hal::test::temporary_directory root;
  system_view view;
  std::vector<manifest> plugins = std::vector<manifest>(1);
  machine() {
    view.root = root.path();
    plugins[0].name = "acme";
    plugins[0].needs.device_nodes = {"/dev/nu*"};
  }
  void file(const std::string &name, const std::string &text) const {
    fs::create_directories((root.path() / name).parent_path());
    write_file(root.path() / name, text);
  }
};

TEST_CASE("system check: /sys") {
  const machine all;
  CHECK(check_sysfs(all.view).result == check_result::failure);
  fs::create_directories(all.root.path() / "sys/bus");
  CHECK(check_sysfs(all.view).result == check_result::warning);
  fs::create_directories(all.root.path() / "sys/bus/pci/devices");
  CHECK(check_sysfs(all.view).result == check_result::ok);
}

TEST_CASE("system check: the device rules of a control group") {
  const machine all;
  CHECK_NAMES(check_device_rules(all.view, all.plugins).text, "No control group");
  all.file("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
  CHECK_NAMES(check_device_rules(all.view, all.plugins).text, "cannot be read");
  // A character device of this machine's, by a link: making one takes root.
  fs::create_directories(all.root.path() / "dev");
  fs::create_symlink("/dev/null", all.root.path() / "dev/null");
  struct stat null {};
  REQUIRE(::stat("/dev/null", &null) == 0);
  REQUIRE(major(null.st_rdev) == 1);
  REQUIRE(minor(null.st_rdev) == 3);
  all.file("proc/self/cgroup", "12:cpu,cpuacct:/\n5:devices:/docker/1\n0::/\n");
  const auto with = [&all](const char *rules) {
    all.file("sys/fs/cgroup/devices/docker/1/devices.list", rules);
    return check_device_rules(all.view, all.plugins);
  };
  for (const char *allowed : {"a *:* rwm\n", "c 1:3 rw\n", "b 8:0 r\nc 1:* rwm\n", "c *:3 rw\n"}) {
    CAPTURE(allowed);
    CHECK(with(allowed).result == check_result::ok);
  }
  for (const char *forbidden :
       {"", "c 1:3 r\n", "b 1:3 rwm\n", "c 1:5 rwm\nc 2:3 rwm\n", "nonsense\nc 1\n"}) {
    CAPTURE(forbidden);
    const system_check check = with(forbidden);
    CHECK(check.result == check_result::failure);
    CHECK_NAMES(check.text, "forbids /dev/null (1:3)");
    CHECK_NAMES(check.text, "acme");
  }
  // In a container the group's folder is mounted as the top.
  fs::rename(all.root.path() / "sys/fs/cgroup/devices/docker/1/devices.list",
             all.root.path() / "sys/fs/cgroup/devices/devices.list");
  CHECK(check_device_rules(all.view, all.plugins).result == check_result::failure);
}

TEST_CASE("system check: of a recorded machine only what its files tell") {
  machine all;
  CHECK(check_system(all.view, {}, all.plugins).size() == 4);
  all.view.recorded = true;
  const auto checks = check_system(all.view, {}, all.plugins);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].id == "sysfs");
}

TEST_CASE("system check: each sentence is whole") {
  for (const system_check &check : check_system({}, facts_of_this_system(), {})) {
    CHECK_FALSE(check.id.empty());
    CHECK(check.text.ends_with('.'));
  }
}

}  // namespace
