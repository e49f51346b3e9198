// `halctl list` as a whole process, beside the least that a process costs here (/bin/true).
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/bench/side_by_side.hpp"

namespace {

void run(const char *program, const char *verb) {
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  char *const arguments[] = {const_cast<char *>(program), const_cast<char *>(verb), nullptr};
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
      state, 1, [] { run(HAL_BENCH_HALCTL, "list"); }, [] { run("/bin/true", nullptr); });
}

BENCHMARK(halctl_list)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
