// Child processes: what they inherit, how they end, and that the caller's own are left alone. The helper is a
// script here, or a sound hal-probe.
#include "runtime/probing/prober.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {
namespace fs = std::filesystem;

using hal::rt::probe_end;
using hal::rt::probe_limits;
using hal::rt::probe_request;
using hal::rt::probe_result;
using hal::rt::prober;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr probe_limits ample{.deadline = seconds{60}, .grace = seconds{20}};

// A helper that does what the script says; $2 is the library that it is given.
class script {
 public:
  explicit script(const std::string &text) {
    hal::test::write_file(path(), "#!/bin/sh\n" + text + "\n");
    fs::permissions(path(), fs::perms::owner_all);
  }
  fs::path path() const { return folder_.path() / "helper"; }
  fs::path folder() const { return folder_.path(); }
  std::string said(const char *name = "said") const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  probe_result run(probe_limits limits = ample) const {
    prober asked(path(), limits);
    const probe_request request{"a", folder_.path()};
    return asked.run({&request, 1})[0];
  }

 private:
  hal::test::temporary_directory folder_;
};

probe_request fixture(const char *name) {
  return {name, hal::test::fixture_library(name)};
}

bool is_gone(pid_t pid) {
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

pid_t number(const std::string &text) {
  return static_cast<pid_t>(std::stol(text));
}

template <typename Holds>
bool soon(Holds &&holds) {
  for (int round = 0; round < 6000; ++round) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

TEST_CASE("prober: answers come in the order of the questions, more than run at once") {
  prober asked(hal::rt::probe_helper(), {.deadline = seconds{60}, .grace = seconds{20}, .at_once = 2});
  const std::vector<probe_request> requests = {fixture("null"), fixture("no_symbol"), fixture("heap_a"),
                                               fixture("probe_fails"), fixture("heap_b")};
  const auto results = asked.run(requests);
  REQUIRE(results.size() == 5);
  for (const probe_result &result : results) CHECK((result.end == probe_end::reported));
  CHECK(results[0].report.devices.size() == 1);
  CHECK((results[1].report.verdict == hal::rt::probe_verdict::refused));
  CHECK(results[2].report.devices.size() == 2);
  CHECK((results[3].report.verdict == hal::rt::probe_verdict::probe_failed));
  CHECK(results[3].report.native_code == 999);
  CHECK(results[4].report.devices.at(1).selector() == "heap_b:1");
  CHECK(asked.left_behind() == 0);
}

TEST_CASE("prober: a helper that is not there, or no program, is told") {
  prober asked("/nonexistent/hal-probe", ample);
  const probe_request request = fixture("null");
  const probe_result result = asked.run({&request, 1})[0];
  CHECK((result.end == probe_end::not_started));
  CHECK_NAMES(result.why, "/nonexistent/hal-probe cannot be started");
  CHECK_NAMES(result.why, "No such file or directory");
}

TEST_CASE("prober: the child has the pipe and nothing else") {
  const int kept = ::open("/dev/null", O_RDONLY);
  REQUIRE(kept >= 0);
  const script helper(
      "ls -l /proc/self/fd | sed -n 's/.* \\([0-9]* -> .*\\)/\\1/p' >$2/said; wc -l <$2/said >$2/count");
  helper.run();
  ::close(kept);
  const std::string said = helper.said();
  CAPTURE(said);
  CHECK_NAMES(said, "0 -> /dev/null");
  CHECK_NAMES(said, "2 -> /dev/null");
  CHECK_NAMES(said, "3 -> pipe:");
  // ls has its own output and the folder that it reads.
  CHECK(hal::test::contains(helper.said("count"), "5"));
}

TEST_CASE("prober: signals are as at the start of a program, in a session of its own") {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto ignored = ::signal(SIGUSR1, SIG_IGN);
  const script helper(
      "grep -E 'SigBlk|SigIgn' /proc/self/status >$2/said; cut -d' ' -f1,6 /proc/$$/stat >$2/session");
  helper.run();
  ::signal(SIGUSR1, ignored);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK_NAMES(helper.said(), "SigBlk:\t0000000000000000");
  // 32 and 33 are the C library's own.
  const std::string ignores = helper.said().substr(helper.said().find("SigIgn:\t") + 8);
  CHECK((std::stoull(ignores, nullptr, 16) & 0x7fffffff) == 0);
  const std::string session = helper.said("session");
  CHECK(session.substr(0, session.find(' ')) + "\n" == session.substr(session.find(' ') + 1));
}

TEST_CASE("prober: what a child started goes with it") {
  for (const char *end : {"exit 3", "kill -SEGV $$", "exec sleep 1000"}) {
    const script helper(fmt::format("sleep 1000 & echo $! >$2/said; {}", end));
    const probe_result result = helper.run({.deadline = seconds{5}, .grace = seconds{20}});
    CHECK(!(result.end == probe_end::reported));
    REQUIRE_FALSE(helper.said().empty());
    CHECK(soon([&] { return is_gone(number(helper.said())); }));
  }
}

TEST_CASE("prober: a child that writes without end is stopped") {
  const script helper("exec cat /dev/zero >&3");
  const probe_result result = helper.run();
  CHECK((result.end == probe_end::garbled));
  CHECK_NAMES(result.why, "more than 16777216 bytes");
}

TEST_CASE("prober: a child that closes the pipe and stays is stopped at the deadline") {
  const script helper("exec 3>&-; exec sleep 1000");
  const probe_result result = helper.run({.deadline = milliseconds{300}, .grace = seconds{20}});
  CHECK((result.end == probe_end::timed_out));
  CHECK_NAMES(result.why, "after 0.3 s before its library was loaded");
}

TEST_CASE("prober: a child that no signal ends is left behind, and collected once it ended") {
  // Signal 0 ends nothing, as a process that the kernel holds is not ended by any.
  const script helper("echo $$ >$2/said; exec sleep 1000");
  prober asked(helper.path(),
               {.deadline = seconds{2}, .grace = milliseconds{20}, .at_once = 16, .end_signal = 0});
  const probe_request request{"a", helper.folder()};
  const probe_result result = asked.run({&request, 1})[0];
  CHECK((result.end == probe_end::timed_out));
  CHECK(asked.left_behind() == 1);
  const pid_t child = number(helper.said());
  CHECK_FALSE(is_gone(child));
  ::kill(child, SIGKILL);
  CHECK(soon([&] { return asked.left_behind() == 0; }));
  CHECK(is_gone(child));
}

TEST_CASE("prober: the caller's own children stay the caller's") {
  const pid_t own = ::fork();
  if (own == 0) ::_exit(7);
  REQUIRE(own > 0);
  prober asked(hal::rt::probe_helper(), ample);
  const probe_request request = fixture("null");
  CHECK((asked.run({&request, 1})[0].end == probe_end::reported));
  int status = 0;
  CHECK(::waitpid(own, &status, 0) == own);
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("prober: a caller that ignores SIGCHLD gets the answers, and of a crash less") {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  prober asked(hal::rt::probe_helper(), ample);
  const probe_request request = fixture("null");
  const probe_result sound = asked.run({&request, 1})[0];
  const script helper("kill -SEGV $$");
  const probe_result crashed = helper.run();
  ::signal(SIGCHLD, before);
  CHECK((sound.end == probe_end::reported));
  CHECK((crashed.end == probe_end::crashed));
  CHECK_NAMES(crashed.why, "it ended without an answer");
  CHECK(asked.left_behind() == 0);
}

TEST_CASE("prober: works where the standard streams are closed") {
  const int in = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  prober asked(hal::rt::probe_helper(), ample);
  const probe_request request = fixture("null");
  const probe_result result = asked.run({&request, 1})[0];
  if (in >= 0) {
    ::dup2(in, STDIN_FILENO);
    ::close(in);
  }
  CHECK((result.end == probe_end::reported));
}

TEST_CASE("prober: the helper by itself says what it is, and asks nothing for somebody else") {
  const std::string helper = hal::rt::probe_helper().string();
  CHECK(WEXITSTATUS(std::system((helper + " 2>/dev/null").c_str())) == 2);
  const std::string orphan =
      fmt::format("{} 1 {} null 3>/dev/null", helper, hal::test::fixture_library("null").string());
  CHECK(WEXITSTATUS(std::system(orphan.c_str())) == 1);
}

}  // namespace
