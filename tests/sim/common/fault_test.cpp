// What goes wrong below the plugin, entry by entry: a code, a delay, an entry that is not there, a device
// that is lost. Each in a process of its own, which must end by itself.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "hal/abi/status.h"
#include "tests/sim/common/fault_subject.hpp"

namespace {

namespace fs = std::filesystem;

const sim::fault_subject &subject = sim::the_fault_subject();

struct outcome {
  int code = -1;  // exit code; 128 + signal when a signal ended it
  std::string text;
  int failures = -1;
  hal_status first = HAL_STATUS_OK;
};

outcome run(const std::string &library_folder, const std::string &machine, const std::string &wishes,
            bool loses = false) {
  const std::string leaks = loses ? "ASAN_OPTIONS=detect_leaks=0 " : "";
  const std::string command = leaks + "LD_LIBRARY_PATH='" + library_folder + "' " + subject.variable + "='" +
                              machine + "' '" HAL_SIM_SCENARIO "' '" HAL_SIM_PLUGIN "' " + wishes + " 2>&1";
  outcome result;
  FILE *pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> part;
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) result.text += part.data();
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const std::size_t at = result.text.find("failures ");
  if (at != std::string::npos)
    std::sscanf(result.text.c_str() + at, "failures %d first %d", &result.failures, &result.first);
  return result;
}

std::string fault(const std::string &symbol, const std::string &what) {
  return "{" + subject.machine + R"("faults": [{"entry": ")" + symbol + R"(", )" + what + "}]}";
}

// Without any.
const std::string sound = "{" + subject.machine + R"("faults": []})";

// A folder with a copy of a stand-in that lacks one symbol: its name is changed in the table of names.
class without {
 public:
  explicit without(const std::string &symbol, const std::string &library = subject.library) {
    char name[] = "/tmp/hal-sim-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    folder_ = name;
    std::ifstream in(HAL_SIM_FOLDER "/" + library, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    const std::string wanted = std::string(1, '\0') + symbol + std::string(1, '\0');
    std::size_t found = 0;
    for (std::size_t at = bytes.find(wanted); at != std::string::npos;
         at = bytes.find(wanted, at + 1), ++found)
      bytes[at + 1] = 'X';
    REQUIRE(found > 0);
    std::ofstream(folder_ / library, std::ios::binary) << bytes;
  }
  ~without() { fs::remove_all(folder_); }
  without(const without &) = delete;
  without &operator=(const without &) = delete;
  std::string path() const { return folder_.string() + ":" HAL_SIM_FOLDER; }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("faults: without any, everything works and nothing is left behind") {
  const outcome found = run(HAL_SIM_FOLDER, sound, "other again leaks");
  CAPTURE(found.text);
  CHECK(found.code == 0);
  CHECK(found.failures == 0);
}

TEST_CASE("faults: an entry that fails once is told, and leaves the rest whole") {
  for (const sim::fault_entry &one : subject.entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const bool loses = subject.gives_back.count(symbol) != 0;
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "result": )" + std::to_string(subject.unknown)),
            loses ? "other again" : "other again leaks", loses);
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (subject.done_without.count(symbol) == 0) CHECK(found.failures > 0);
  }
}

TEST_CASE("faults: an entry that always fails ends nothing") {
  for (const sim::fault_entry &one : subject.entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 0, "result": )" + std::to_string(subject.out_of_memory)),
            "", subject.gives_back.count(symbol) != 0);
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures >= 0);
  }
}

TEST_CASE("faults: a slow entry changes nothing") {
  for (const sim::fault_entry &one : subject.entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "delay_ms": 5)"), "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures == 0);
  }
}

TEST_CASE("faults: an entry that is missing is named, or done without") {
  for (const sim::fault_entry &one : subject.entries) {
    const std::string symbol = one.symbol;
    CAPTURE(symbol);
    const without library(symbol);
    const outcome found = run(library.path(), sound, one.required ? "" : "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (one.required) {
      CHECK(found.first == HAL_STATUS_INCOMPATIBLE_VERSION);
      CHECK(found.text.find(symbol) != std::string::npos);
    } else {
      CHECK(found.failures == 0);
    }
  }
}

TEST_CASE("faults: a device that is lost says so from then on, and the other one works") {
  for (const std::string &symbol : subject.losing) {
    CAPTURE(symbol);
    const outcome found =
        run(HAL_SIM_FOLDER, fault(symbol, R"("call": 1, "result": )" + std::to_string(subject.lost)),
            "other again", subject.gives_back.count(symbol) != 0);
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (subject.gives_back.count(symbol) == 0) {
      CHECK(found.first == HAL_STATUS_DEVICE_LOST);
      CHECK(found.text.find(subject.lost_text) != std::string::npos);
    }
  }
}

// Figures are missing then, and nothing else: all of it counts as working.
TEST_CASE("faults: the entries of the library for figures may fail, be slow or be missing") {
  for (const std::string &symbol : subject.figures_entries) {
    CAPTURE(symbol);
    for (const char *what :
         {R"("call": 1, "result": 999)", R"("call": 0, "result": 15)", R"("call": 1, "delay_ms": 5)"}) {
      CAPTURE(what);
      const outcome found = run(HAL_SIM_FOLDER, fault(symbol, what), "other again leaks");
      CAPTURE(found.text);
      CHECK(found.code == 0);
      CHECK(found.failures == 0);
    }
    const without library(symbol, subject.figures_library);
    const outcome found = run(library.path(), sound, "other again leaks");
    CAPTURE(found.text);
    CHECK(found.code == 0);
    CHECK(found.failures == 0);
  }
}

TEST_CASE("faults: no library, and one that is too old") {
  const outcome none = run("/nonexistent", "{}", "");
  CHECK(none.code == 0);
  if (none.first != HAL_STATUS_OK) {  // a machine with a driver of its own finds that
    CHECK(none.first == HAL_STATUS_UNAVAILABLE);
    CHECK(none.text.find(subject.library) != std::string::npos);
  }
  const outcome old = run(HAL_SIM_FOLDER, subject.old_machine, "");
  CHECK(old.code == 0);
  CHECK(old.first == HAL_STATUS_INCOMPATIBLE_VERSION);
  CHECK(old.text.find(subject.old_text) != std::string::npos);
}
