// Live figures of the amdgpu driver's files: of trees made here, and of recorded machines where they are.
#include "plugins/hip/sysfs.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sysfs = hal::plugins::hip::sysfs;
namespace fs = std::filesystem;

namespace {

class tree {
 public:
  tree() {
    char name[] = "/tmp/hal-sysfs-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    root_ = name;
  }
  ~tree() { fs::remove_all(root_); }
  tree(const tree &) = delete;
  tree &operator=(const tree &) = delete;

  tree &file(const std::string &name, const std::string &text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
    return *this;
  }
  std::string path() const { return root_.string(); }

 private:
  fs::path root_;
};

hal_metrics read(const std::string &folder, bool is_partition = false) {
  hal_metrics out{};
  sysfs::read(folder, is_partition, out);
  return out;
}

constexpr std::uint64_t all_figures = HAL_METRIC_UTILIZATION | HAL_METRIC_MEMORY_USED |
                                      HAL_METRIC_MEMORY_TOTAL | HAL_METRIC_POWER | HAL_METRIC_POWER_LIMIT |
                                      HAL_METRIC_TEMPERATURE | HAL_METRIC_COMPUTE_CLOCK |
                                      HAL_METRIC_MEMORY_CLOCK | HAL_METRIC_MEMORY_UTILIZATION;

void fill(tree &out) {
  out.file("power/runtime_status", "active\n")
      .file("gpu_busy_percent", "37\n")
      .file("mem_busy_percent", "12\n")
      .file("mem_info_vram_total", "68702699520\n")
      .file("mem_info_vram_used", "1073741824\n")
      .file("pp_dpm_sclk", "0: 500Mhz\n1: 1700Mhz *\n")
      .file("pp_dpm_mclk", "0: 400Mhz\n1: 1600Mhz *\n")
      .file("hwmon/hwmon5/temp1_input", "41000\n")
      .file("hwmon/hwmon5/temp2_input", "52000\n")
      .file("hwmon/hwmon5/temp3_input", "47000\n")
      .file("hwmon/hwmon5/power1_average", "123000000\n")
      .file("hwmon/hwmon5/power1_cap", "300000000\n");
}

}  // namespace

TEST_CASE("hip sysfs: every figure in its unit") {
  tree device;
  fill(device);
  const hal_metrics told = read(device.path());
  CHECK(told.valid == all_figures);
  CHECK(told.utilization == doctest::Approx(0.37));
  CHECK(told.memory_utilization == doctest::Approx(0.12));
  CHECK(told.memory_total == 68702699520);
  CHECK(told.memory_used == 1073741824);
  CHECK(told.power == doctest::Approx(123));
  CHECK(told.power_limit == doctest::Approx(300));
  CHECK(told.temperature == doctest::Approx(52));
  CHECK(told.compute_clock == 1'700'000'000);
  CHECK(told.memory_clock == 1'600'000'000);
}

TEST_CASE("hip sysfs: clocks of sensors go before the table, power now stands in for the average") {
  tree device;
  fill(device);
  device.file("hwmon/hwmon5/freq1_label", "sclk\n")
      .file("hwmon/hwmon5/freq1_input", "1234000000\n")
      .file("hwmon/hwmon5/freq2_label", "mclk\n")
      .file("hwmon/hwmon5/freq2_input", "987000000\n");
  fs::remove(device.path() + "/hwmon/hwmon5/power1_average");
  device.file("hwmon/hwmon5/power1_input", "99000000\n");
  const hal_metrics told = read(device.path());
  CHECK(told.compute_clock == 1'234'000'000);
  CHECK(told.memory_clock == 987'000'000);
  CHECK(told.power == doctest::Approx(99));
}

TEST_CASE("hip sysfs: the memory's temperature is that of the sensor with its label") {
  tree device;
  fill(device);
  device.file("hwmon/hwmon5/temp2_label", "junction\n").file("hwmon/hwmon5/temp3_label", "mem\n");
  const hal_metrics told = read(device.path());
  CHECK(told.valid == (all_figures | HAL_METRIC_MEMORY_TEMPERATURE));
  CHECK(told.memory_temperature == doctest::Approx(47));
}

TEST_CASE("hip sysfs: a sleeping device is asked nothing") {
  tree device;
  fill(device);
  device.file("power/runtime_status", "suspended\n");
  CHECK(sysfs::is_asleep(device.path()));
  CHECK(read(device.path()).valid == 0);
}

TEST_CASE("hip sysfs: a part tells what it shares with the others only") {
  tree device;
  fill(device);
  CHECK(read(device.path(), true).valid ==
        (HAL_METRIC_TEMPERATURE | HAL_METRIC_COMPUTE_CLOCK | HAL_METRIC_MEMORY_CLOCK));
}

TEST_CASE("hip sysfs: what is missing, empty or no number is a figure less [negative]") {
  tree device;
  fill(device);
  device.file("gpu_busy_percent", "busy\n")
      .file("mem_info_vram_used", "")
      .file("hwmon/hwmon5/temp2_input", "-\n");
  device.file("pp_dpm_sclk", "nothing is marked\n").file("mem_busy_percent", "-5\n");
  fs::remove(device.path() + "/hwmon/hwmon5/power1_cap");
  const hal_metrics told = read(device.path());
  CHECK(told.valid ==
        (HAL_METRIC_MEMORY_TOTAL | HAL_METRIC_POWER | HAL_METRIC_TEMPERATURE | HAL_METRIC_MEMORY_CLOCK));
  CHECK(told.temperature == doctest::Approx(47));
  CHECK(read("/nonexistent").valid == 0);
  CHECK(read("").valid == 0);
}

TEST_CASE("hip sysfs: errors of all blocks are summed") {
  tree device;
  CHECK_FALSE(sysfs::errors_of(device.path()));
  device.file("ras/umc_err_count", "ue: 1\nce: 20\n").file("ras/gfx_err_count", "ue: 0\nce: 3\n");
  const auto errors = sysfs::errors_of(device.path());
  REQUIRE(errors);
  CHECK(errors->uncorrectable == 1);
  CHECK(errors->correctable == 23);
  const hal_metrics told = read(device.path());
  CHECK(told.valid == HAL_METRIC_ECC_ERRORS);
  CHECK(told.ecc_uncorrected == 1);
  CHECK(told.ecc_corrected == 23);
}

TEST_CASE("hip sysfs: recorded machines") {
  const char *const folder = std::getenv("HAL_TEST_MACHINES");
  if (folder == nullptr) {
    MESSAGE("skipped: HAL_TEST_MACHINES names no folder of recorded machines");
    return;
  }
  const fs::path archives = fs::path(folder) / "lact";
  if (!fs::is_directory(archives)) {
    MESSAGE("skipped: ", archives.string(), " is not there");
    return;
  }
  int seen = 0;
  for (const auto &archive : fs::directory_iterator(archives)) {
    const std::string name = archive.path().filename().string();
    if (!name.starts_with("amd-") || !name.ends_with(".tar.gz")) continue;
    CAPTURE(name);
    tree unpacked;
    const std::string command = "tar -xzf '" + archive.path().string() + "' -C '" + unpacked.path() + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    for (const auto &at : fs::recursive_directory_iterator(unpacked.path())) {
      if (at.path().filename() != "device" || !at.is_directory()) continue;
      const hal_metrics told = read(at.path().string());
      ++seen;
      CHECK((told.valid & HAL_METRIC_TEMPERATURE) != 0);
      CHECK(told.temperature > 0);
      CHECK(told.temperature < 120);
      if ((told.valid & HAL_METRIC_POWER) != 0) CHECK(told.power < 500);
      if ((told.valid & HAL_METRIC_MEMORY_USED) != 0) CHECK(told.memory_used <= told.memory_total);
      if ((told.valid & HAL_METRIC_COMPUTE_CLOCK) != 0) CHECK(told.compute_clock < 4'000'000'000);
    }
  }
  CHECK(seen >= 5);
}
