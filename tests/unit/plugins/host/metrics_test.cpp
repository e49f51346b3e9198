#include "plugins/host/metrics.hpp"

#include <doctest/doctest.h>

#include "fixture_tree.hpp"

namespace hal::plugins::host {

TEST_SUITE("host/metrics") {
  TEST_CASE("a machine that tells nothing has no figures") {
    const fixture_tree tree;
    hal_metrics metrics{};
    read_levels(tree.files(), metrics);
    CHECK(metrics.valid == 0);
    const machine_counters counters = read_counters(tree.files());
    CHECK(counters.time != 0);
    CHECK(counters.total == 0);
    CHECK_FALSE(counters.has_energy);
  }

  TEST_CASE("memory, temperature, clock and power limit") {
    const fixture_tree tree;
    tree.write("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 400 kB\n");
    tree.write("/sys/class/thermal/thermal_zone0/type", "acpitz\n");
    tree.write("/sys/class/thermal/thermal_zone0/temp", "99000\n");
    tree.write("/sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
    tree.write("/sys/class/thermal/thermal_zone1/temp", "45500\n");
    tree.write("/sys/class/hwmon/hwmon0/name", "nvme\n");
    tree.write("/sys/class/hwmon/hwmon0/temp1_input", "80000\n");
    tree.write("/sys/class/hwmon/hwmon1/name", "k10temp\n");
    tree.write("/sys/class/hwmon/hwmon1/temp1_input", "-1500\n");
    tree.write("/sys/class/hwmon/hwmon1/temp1_max", "95000\n");
    tree.write("/sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "2000000\n");
    tree.write("/sys/devices/system/cpu/cpufreq/policy1/scaling_cur_freq", "3000000\n");
    tree.write("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    tree.write("/sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "125000000\n");
    tree.write("/sys/class/powercap/intel-rapl:0:0/name", "core\n");
    hal_metrics metrics{};
    read_levels(tree.files(), metrics);
    CHECK(metrics.valid == (HAL_METRIC_MEMORY_USED | HAL_METRIC_MEMORY_TOTAL | HAL_METRIC_TEMPERATURE |
                            HAL_METRIC_COMPUTE_CLOCK | HAL_METRIC_POWER_LIMIT));
    CHECK(metrics.memory_used == 600u * 1024);
    CHECK(metrics.temperature == doctest::Approx(45.5));
    CHECK(metrics.compute_clock == 2500000000u);
    CHECK(metrics.power_limit == doctest::Approx(125.0));
  }

  TEST_CASE("a figure that only one package tells is no figure") {
    const fixture_tree tree;
    tree.write("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    tree.write("/sys/class/powercap/intel-rapl:0/energy_uj", "5000\n");
    CHECK(read_counters(tree.files()).energy == 5000u);
    tree.write("/sys/class/powercap/intel-rapl:1/name", "package-1\n");
    CHECK_FALSE(read_counters(tree.files()).has_energy);
    tree.write("/sys/class/powercap/intel-rapl:1/energy_uj", "7000\n");
    CHECK(read_counters(tree.files()).energy == 12000u);
  }

  TEST_CASE("counters of /proc/stat") {
    const fixture_tree tree;
    tree.write("/proc/stat", "cpu  100 20 30 400 50 6 7 8 99 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    const machine_counters counters = read_counters(tree.files());
    CHECK(counters.total == 621u);
    CHECK(counters.busy == 171u);
  }

  TEST_CASE("rates need two readings that go forward") {
    const machine_counters before{1'000'000'000, 100, 1000, 5'000'000, true};
    machine_counters after{3'000'000'000, 175, 1100, 25'000'000, true};
    hal_metrics metrics{};
    fill_rates({}, after, metrics);
    CHECK(metrics.valid == 0);
    fill_rates(before, after, metrics);
    CHECK(metrics.valid == (HAL_METRIC_UTILIZATION | HAL_METRIC_POWER));
    CHECK(metrics.utilization == doctest::Approx(0.75));
    CHECK(metrics.power == doctest::Approx(10.0));
    metrics = {};
    after.energy = 0;
    after.total = before.total;
    fill_rates(before, after, metrics);
    CHECK(metrics.valid == 0);
  }
}

}  // namespace hal::plugins::host
