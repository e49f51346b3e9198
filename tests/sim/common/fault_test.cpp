// What goes wrong below the plugin, entry by entry: a code, a delay, an entry that is not there, a device
// that is lost. Each in a process of its own, which must end by itself.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "hal/abi/status.h"
#include "tests/sim/common/fault_subject.hpp"
#include "tests/sim/common/scenario.hpp"

namespace {

namespace fs = std::filesystem;

const sim::fault_subject &subject = sim::the_fault_subject();

struct outcome {
  int code = -1;  // exit code; 128 + signal when a signal ended it
  std::string text;
  int failures = -1;
  hal_status first = HAL_STATUS_OK;
};

// One walk, and the symbol that a library lacks meanwhile.
struct job {
  std::string machine;
  std::string wishes;
  std::string missing = {};
  std::string library = subject.library;
};

std::string fault(const std::string &symbol, const std::string &what) {
  return "{" + subject.machine + R"("faults": [{"entry": ")" + symbol + R"(", )" + what + "}]}";
}

// Without any.
const std::string sound = "{" + subject.machine + R"("faults": []})";

void read_failures(outcome &result) {
  const std::size_t at = result.text.find("failures ");
  if (at != std::string::npos)
    std::sscanf(result.text.c_str() + at, "failures %d first %d", &result.failures, &result.first);
}

// A running scenario.cpp, which finds its libraries in a folder of its own first.
class walker {
 public:
  explicit walker(const std::string &libraries = HAL_SIM_FOLDER) {
    char name[] = "/tmp/hal-sim-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    folder_ = name;
    const std::string command = "LD_LIBRARY_PATH='" + folder_.string() + ":" + libraries +
                                "' exec '" HAL_SIM_SCENARIO "' '" HAL_SIM_PLUGIN "' serve " +
                                subject.variable + " 2>&1";
    int requests[2];
    int answers[2];
    REQUIRE(pipe2(requests, O_CLOEXEC) == 0);
    REQUIRE(pipe2(answers, O_CLOEXEC) == 0);
    const pid_t made = fork();
    REQUIRE(made >= 0);
    if (made == 0) {
      dup2(requests[0], STDIN_FILENO);
      dup2(answers[1], STDOUT_FILENO);
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char *>(nullptr));
      _exit(127);
    }
    process_ = made;
    close(requests[0]);
    close(answers[1]);
    requests_ = fdopen(requests[1], "w");
    answers_ = fdopen(answers[0], "r");
  }
  ~walker() {
    std::fclose(requests_);
    std::fclose(answers_);
    int status = 0;
    waitpid(process_, &status, 0);
    fs::remove_all(folder_);
  }
  walker(const walker &) = delete;
  walker &operator=(const walker &) = delete;

  void send(const job &what) {
    if (!what.missing.empty()) {
      altered_ = folder_ / what.library;
      write_without(what.missing, what.library);
    }
    std::fprintf(requests_, "%s\n%s\n", what.machine.c_str(), what.wishes.c_str());
    std::fflush(requests_);
  }

  outcome receive() {
    outcome result;
    std::array<char, 4096> part;
    while (std::fgets(part.data(), part.size(), answers_) != nullptr) {
      if (part[0] == sim::end_of_walk) {
        result.code = std::atoi(part.data() + 1);
        break;
      }
      result.text += part.data();
    }
    if (!altered_.empty()) fs::remove(std::exchange(altered_, {}));
    read_failures(result);
    return result;
  }

 private:
  // A copy of a stand-in that lacks one symbol: its name is changed in the table of names.
  void write_without(const std::string &symbol, const std::string &library) {
    std::string bytes(fs::file_size(HAL_SIM_FOLDER "/" + library), '\0');
    std::ifstream(HAL_SIM_FOLDER "/" + library, std::ios::binary)
        .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const std::string wanted = std::string(1, '\0') + symbol + std::string(1, '\0');
    std::size_t found = 0;
    for (std::size_t at = bytes.find(wanted); at != std::string::npos;
         at = bytes.find(wanted, at + 1), ++found)
      bytes[at + 1] = 'X';
    REQUIRE(found > 0);
    std::ofstream(altered_, std::ios::binary) << bytes;
  }

  fs::path folder_, altered_;
  pid_t process_ = -1;
  FILE *requests_ = nullptr;
  FILE *answers_ = nullptr;
};

// All jobs, each walker busy with one while another's answer is read.
std::vector<outcome> run_all(const std::vector<job> &jobs) {
  static std::array<walker, 2> walkers;
  std::vector<outcome> found(jobs.size());
  for (std::size_t i = 0; i < jobs.size() + walkers.size(); ++i) {
    walker &one = walkers[i % walkers.size()];
    if (i >= walkers.size() && i - walkers.size() < jobs.size()) found[i - walkers.size()] = one.receive();
    if (i < jobs.size()) one.send(jobs[i]);
  }
  return found;
}

outcome run(const job &only) {
  return run_all({only}).front();
}

// A job for each entry, and check(entry, outcome) of what came of it.
template <typename Make, typename Check>
void run_each(Make &&make, Check &&check) {
  std::vector<job> jobs;
  for (const sim::fault_entry &one : subject.entries) jobs.push_back(make(one));
  const std::vector<outcome> all = run_all(jobs);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string symbol = subject.entries[i].symbol;
    CAPTURE(symbol);
    CAPTURE(all[i].text);
    CHECK(all[i].code == 0);
    check(subject.entries[i], all[i]);
  }
}

bool loses(const std::string &symbol) {
  return subject.gives_back.count(symbol) != 0;
}

}  // namespace

TEST_CASE("faults: without any, everything works and nothing is left behind") {
  const outcome found = run({sound, "other again leaks"});
  CAPTURE(found.text);
  CHECK(found.code == 0);
  CHECK(found.failures == 0);
}

TEST_CASE("faults: an entry that fails once is told, and leaves the rest whole") {
  run_each(
      [](const sim::fault_entry &one) {
        return job{fault(one.symbol, R"("call": 1, "result": )" + std::to_string(subject.unknown)),
                   loses(one.symbol) ? "other again loses" : "other again leaks"};
      },
      [](const sim::fault_entry &one, const outcome &found) {
        if (subject.done_without.count(one.symbol) == 0) CHECK(found.failures > 0);
      });
}

TEST_CASE("faults: an entry that always fails ends nothing") {
  run_each(
      [](const sim::fault_entry &one) {
        return job{fault(one.symbol, R"("call": 0, "result": )" + std::to_string(subject.out_of_memory)),
                   loses(one.symbol) ? "loses" : ""};
      },
      [](const sim::fault_entry &, const outcome &found) { CHECK(found.failures >= 0); });
}

TEST_CASE("faults: a slow entry changes nothing") {
  run_each(
      [](const sim::fault_entry &one) {
        return job{fault(one.symbol, R"("call": 1, "delay_ms": 5)"), "other again leaks"};
      },
      [](const sim::fault_entry &, const outcome &found) { CHECK(found.failures == 0); });
}

TEST_CASE("faults: an entry that is missing is named, or done without") {
  run_each(
      [](const sim::fault_entry &one) {
        return job{sound, one.required ? "" : "other again leaks", one.symbol};
      },
      [](const sim::fault_entry &one, const outcome &found) {
        if (one.required) {
          CHECK(found.first == HAL_STATUS_INCOMPATIBLE_VERSION);
          CHECK(found.text.find(one.symbol) != std::string::npos);
        } else {
          CHECK(found.failures == 0);
        }
      });
}

TEST_CASE("faults: a device that is lost says so from then on, and the other one works") {
  for (const std::string &symbol : subject.losing) {
    CAPTURE(symbol);
    const outcome found = run({fault(symbol, R"("call": 1, "result": )" + std::to_string(subject.lost)),
                               loses(symbol) ? "other again loses" : "other again"});
    CAPTURE(found.text);
    CHECK(found.code == 0);
    if (!loses(symbol)) {
      CHECK(found.first == HAL_STATUS_DEVICE_LOST);
      CHECK(found.text.find(subject.lost_text) != std::string::npos);
    }
  }
}

// Figures are missing then, and nothing else: all of it counts as working.
TEST_CASE("faults: the entries of the library for figures may fail, be slow or be missing") {
  std::vector<job> jobs;
  for (const std::string &symbol : subject.figures_entries) {
    for (const char *what :
         {R"("call": 1, "result": 999)", R"("call": 0, "result": 15)", R"("call": 1, "delay_ms": 5)"})
      jobs.push_back({fault(symbol, what), "other again leaks"});
    jobs.push_back({sound, "other again leaks", symbol, subject.figures_library});
  }
  const std::vector<outcome> all = run_all(jobs);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(jobs[i].machine);
    CAPTURE(jobs[i].missing);
    CAPTURE(all[i].text);
    CHECK(all[i].code == 0);
    CHECK(all[i].failures == 0);
  }
}

TEST_CASE("faults: no library, and one that is too old") {
  walker nowhere("/nonexistent");
  nowhere.send({"{}", ""});
  const outcome none = nowhere.receive();
  CHECK(none.code == 0);
  if (none.first != HAL_STATUS_OK) {  // a machine with a driver of its own finds that
    CHECK(none.first == HAL_STATUS_UNAVAILABLE);
    CHECK(none.text.find(subject.library) != std::string::npos);
  }
  const outcome old = run({subject.old_machine, ""});
  CHECK(old.code == 0);
  CHECK(old.first == HAL_STATUS_INCOMPATIBLE_VERSION);
  CHECK(old.text.find(subject.old_text) != std::string::npos);
}
