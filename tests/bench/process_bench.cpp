// `halctl list` as a whole process, with the plugins' answers kept and asked for anew, beside the least that
// a process costs here (/bin/true).
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "tests/bench/side_by_side.hpp"

namespace {

void run(const char *program, const char *verb, const char *option = nullptr) {
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  char *const arguments[] = {const_cast<char *>(program), const_cast<char *>(verb),
                             const_cast<char *>(option), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program, &quiet, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&quiet);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error(std::string(program) + " failed");
  }
}

void halctl_list(benchmark::State &state) {
  hal::bench::side_by_side(
      state, 1, [] { run(HAL_BENCH_HALCTL, "list", "--no-cache"); }, [] { run("/bin/true", nullptr); });
}

// The first one fills the cache, in a folder of this run's own.
void halctl_list_cached(benchmark::State &state) {
  char folder[] = "/tmp/hal-bench-XXXXXX";
  if (::mkdtemp(folder) == nullptr) throw std::runtime_error("mkdtemp failed");
  ::setenv("HAL_CACHE", folder, 1);
  run(HAL_BENCH_HALCTL, "list");
  hal::bench::side_by_side(
      state, 1, [] { run(HAL_BENCH_HALCTL, "list"); }, [] { run("/bin/true", nullptr); });
  std::filesystem::remove_all(folder);
}

BENCHMARK(halctl_list)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(halctl_list_cached)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
