#include "plugins/host/cgroup.hpp"

#include <doctest/doctest.h>

#include "fixture_tree.hpp"
#include "hal/plugin/failure.hpp"
#include "plugins/host/system_memory.hpp"

namespace hal::plugins::host {

TEST_SUITE("host/cgroup") {
  TEST_CASE("a machine without control groups has no limits") {
    const fixture_tree tree;
    const cgroup_limits limits = read_cgroup_limits(tree.files());
    CHECK_FALSE(limits.processors);
    CHECK_FALSE(limits.memory);
    CHECK_FALSE(limits.memory_available);
  }

  TEST_CASE("version 2: the tightest limit on the way up counts") {
    const fixture_tree tree;
    tree.write("/proc/self/cgroup", "0::/outer/inner\n");
    tree.write("/sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
    tree.write("/sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
    tree.write("/sys/fs/cgroup/outer/memory.max", "1000000\n");
    tree.write("/sys/fs/cgroup/outer/memory.current", "700000\n");
    tree.write("/sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file 100000\nactive_file 5\n");
    tree.write("/sys/fs/cgroup/outer/inner/memory.max", "2000000\n");
    tree.write("/sys/fs/cgroup/outer/inner/memory.current", "600000\n");
    const cgroup_limits limits = read_cgroup_limits(tree.files());
    CHECK(limits.processors == doctest::Approx(1.5));
    CHECK(limits.memory == 1000000u);
    CHECK(limits.memory_available == 400000u);
  }

  TEST_CASE("version 2: a group that is over its limit leaves nothing") {
    const fixture_tree tree;
    tree.write("/proc/self/cgroup", "0::/\n");
    tree.write("/sys/fs/cgroup/memory.max", "1000\n");
    tree.write("/sys/fs/cgroup/memory.current", "1500\n");
    CHECK(read_cgroup_limits(tree.files()).memory_available == 0u);
  }

  TEST_CASE("version 1: controllers in folders of their own, no limit as a huge number") {
    const fixture_tree tree;
    tree.write("/proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:cpuset:/\n");
    tree.write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n");
    tree.write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
    // The container sees its own group as the mount's root.
    tree.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    tree.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    tree.write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
    tree.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "4096\n");
    tree.write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "1096\n");
    tree.write("/sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_inactive_file 96\n");
    const cgroup_limits limits = read_cgroup_limits(tree.files());
    CHECK(limits.processors == doctest::Approx(0.5));
    CHECK(limits.memory == 4096u);
    CHECK(limits.memory_available == 3096u);
  }

  TEST_CASE("damaged files are no limits") {
    const fixture_tree tree;
    tree.write("/proc/self/cgroup", "nonsense\n0:\n0::/a\n");
    tree.write("/sys/fs/cgroup/a/cpu.max", "many\n");
    tree.write("/sys/fs/cgroup/a/memory.max", "-5\n");
    tree.write("/sys/fs/cgroup/cpu.max", "100 0\n");
    const cgroup_limits limits = read_cgroup_limits(tree.files());
    CHECK_FALSE(limits.processors);
    CHECK_FALSE(limits.memory);
  }

  TEST_CASE("the machine's memory is cut to the group's") {
    const fixture_tree tree;
    tree.write("/proc/meminfo", "MemTotal:       1000 kB\nMemFree:  10 kB\nMemAvailable:    800 kB\n");
    system_memory memory = read_system_memory(tree.files());
    CHECK(memory.total == 1000u * 1024);
    CHECK(memory.available == 800u * 1024);
    tree.write("/proc/self/cgroup", "0::/\n");
    tree.write("/sys/fs/cgroup/memory.max", "512000\n");
    tree.write("/sys/fs/cgroup/memory.current", "12000\n");
    memory = read_system_memory(tree.files());
    CHECK(memory.total == 512000u);
    CHECK(memory.available == 500000u);
  }

  TEST_CASE("without /proc/meminfo nothing is made up") {
    const fixture_tree tree;
    CHECK_THROWS_AS(read_system_memory(tree.files()), plugin::failure);
  }
}

}  // namespace hal::plugins::host
