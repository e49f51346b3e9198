// `halctl list` as a whole process, beside the least that a process costs here (/bin/true): of this machine,
// with the plugins' answers kept and asked for anew, and of made-up machines with many PCI functions.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/side_by_side.hpp"
#include "tests/support/sysfs_tree.hpp"

namespace {

namespace fs = std::filesystem;

void run(const char *program, std::vector<std::string> words = {}) {
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  words.insert(words.begin(), program);
  std::vector<char *> arguments;
  for (std::string &word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program, &quiet, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error(std::string(program) + " failed");
  }
}

// As many functions as asked for: bridges, and a GPU for every 70, which is what an eight-way server has.
std::unique_ptr<hal::test::temporary_directory> make_machine(std::int64_t functions) {
  auto machine = std::make_unique<hal::test::temporary_directory>();
  const fs::path sys = machine->path() / "sys";
  fs::create_directories(sys / "bus/pci/devices");
  for (std::int64_t index = 0; index < functions; ++index) {
    const auto number = static_cast<unsigned>(index);
    char address[32];
    std::snprintf(address, sizeof address, "%04x:%02x:%02x.0", number >> 11, number >> 3 & 0xff, number & 7);
    const bool gpu = number % 70 == 0;
    const std::string root = std::string("devices/pci") + std::string(address).substr(0, 7);
    const fs::path folder = sys / root / address;
    fs::create_directories(folder);
    hal::test::write_file(folder / "uevent",
                          std::string("DRIVER=") + (gpu ? "nvidia" : "pcieport") + "\nPCI_CLASS=" +
                              (gpu ? "30200" : "60400") + "\nPCI_ID=" + (gpu ? "10DE:FFF0" : "8086:352A") +
                              "\nPCI_SUBSYS_ID=8086:0000\nPCI_SLOT_NAME=" + address + "\n");
    fs::create_directory_symlink("../../../" + root + "/" + address, sys / "bus/pci/devices" / address);
    if (!gpu) continue;
    fs::create_directory(folder / "power");
    for (const auto &[name, text] :
         std::map<std::string, std::string>{{"revision", "0xa1"},
                                            {"numa_node", "0"},
                                            {"local_cpulist", "0-31"},
                                            {"power/runtime_status", "active"},
                                            {"current_link_speed", "32.0 GT/s PCIe"},
                                            {"max_link_speed", "32.0 GT/s PCIe"},
                                            {"current_link_width", "16"},
                                            {"max_link_width", "16"}}) {
      hal::test::write_file(folder / name, text + "\n");
    }
  }
  return machine;
}

void halctl_list(benchmark::State &state) {
  hal::bench::side_by_side(
      state, 1,
      [] {
        run(HAL_BENCH_HALCTL, {"list", "--no-cache"});
      },
      [] { run("/bin/true"); });
}

// The first one fills the cache, in a folder of this run's own.
void halctl_list_cached(benchmark::State &state) {
  const hal::test::temporary_directory folder;
  ::setenv("HAL_CACHE", folder.path().c_str(), 1);
  run(HAL_BENCH_HALCTL, {"list"});
  hal::bench::side_by_side(
      state, 1, [] { run(HAL_BENCH_HALCTL, {"list"}); }, [] { run("/bin/true"); });
}

void halctl_list_functions(benchmark::State &state) {
  const auto machine = make_machine(state.range(0));
  const std::string path = machine->path().string();
  hal::bench::side_by_side(
      state, 1,
      [&path] {
        run(HAL_BENCH_HALCTL, {"list", "--machine", path});
      },
      [] { run("/bin/true"); });
}

BENCHMARK(halctl_list)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(halctl_list_cached)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(halctl_list_functions)
    ->Arg(560)
    ->Arg(5000)
    ->Arg(10000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
