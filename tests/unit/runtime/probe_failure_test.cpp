// Every way in which a plugin can bring its process down, at every phase: the reason is right, this process
// lives, and the other plugins' devices are there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "hal/runtime.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

TEST_SUITE_BEGIN("loader");

namespace {
namespace fs = std::filesystem;

using hal::test::devices_of;
using hal::test::find_plugin;
using hal::test::plugin_folder;

struct phase {
  const char *name;
  const char *words;
};
constexpr phase phases[] = {
    {"load", "while its library was loaded"},       {"constructor", "while its library was loaded"},
    {"query", "while it was asked for its table"},  {"probe", "while it looked for devices"},
    {"describe", "while it described its devices"},
};

struct kind {
  const char *name;
  const char *id;
  std::vector<std::string> words;  // one of them
  bool tells_phase = true;
};

// The plugin "failing" with a plan, in a folder below that of the others: its library comes along.
void add_failing(const plugin_folder &folder, const std::string &name, const std::string &plan) {
  const fs::path own = folder.path() / name;
  fs::create_directory(own);
  hal::test::write_file(own / (name + ".json"), hal::test::manifest_text(name, "failing.so"));
  hal::test::write_file(own / "plan", plan);
  fs::copy_file(hal::test::fixture_library("failing"), own / "failing.so");
  const char *const needed = "libhal-fixture-failing.so";
  fs::copy_file(hal::test::fixture_library("failing").parent_path() / needed, own / needed);
}

void check(const kind &failure, std::chrono::milliseconds deadline) {
  CAPTURE(failure.name);
  const plugin_folder folder;
  folder.add("null");
  for (const phase &at : phases) {
    const std::string name = fmt::format("in_{}", at.name);
    add_failing(folder, name, fmt::format("{} {} {}", name, at.name, failure.name));
  }
  hal::runtime_options options = folder.options();
  options.probe_deadline = deadline;
  hal::runtime runtime(options);
  const auto listing = runtime.look();
  CHECK(to_string(find_plugin(*listing, "null").state) == "available");
  CHECK(devices_of(*listing, "null") == 1);
  CHECK_NOTHROW(runtime.open("null:0"));
  for (const phase &at : phases) {
    const hal::plugin_entry &entry = find_plugin(*listing, fmt::format("in_{}", at.name));
    CAPTURE(entry.name);
    CHECK(to_string(entry.state) == "failed");
    CHECK(entry.device_count == 0);
    CHECK(devices_of(*listing, entry.name) == 0);
    REQUIRE(entry.why);
    CAPTURE(entry.why->text);
    CHECK(entry.why->id == failure.id);
    CHECK(std::any_of(failure.words.begin(), failure.words.end(), [&entry](const std::string &words) {
      return hal::test::contains(entry.why->text, words);
    }));
    if (failure.tells_phase) CHECK_NAMES(entry.why->text, at.words);
  }
}

constexpr std::chrono::seconds ample{120};

TEST_CASE("loader: a plugin that crashes at any phase is a reason") {
  check({"segfault", "probe_crashed", {"SIGSEGV (Segmentation fault)"}}, ample);
}
TEST_CASE("loader: a plugin that aborts at any phase is a reason") {
  check({"abort", "probe_crashed", {"SIGABRT (Aborted)"}}, ample);
}
TEST_CASE("loader: a plugin that exhausts its stack at any phase is a reason") {
  check({"stack_overflow", "probe_crashed", {"SIGSEGV (Segmentation fault)"}}, ample);
}
TEST_CASE("loader: a plugin that takes all memory at any phase is a reason") {
  // Where the kernel lends more than it has, it may end the process itself.
  check({"out_of_memory", "probe_crashed", {"SIGABRT (Aborted)", "SIGKILL (Killed)"}}, ample);
}
TEST_CASE("loader: a plugin that ends the process at any phase is a reason") {
  check({"exit_0", "probe_crashed", {"it ended its process with status 0"}}, ample);
  check({"exit_1", "probe_crashed", {"it ended its process with status 1"}}, ample);
}
TEST_CASE("loader: a plugin that writes into its answer at any phase is a reason") {
  check({"garbage", "probe_failed", {"what it wrote is no answer: a frame does not begin as one"}, false},
        ample);
}
TEST_CASE("loader: a plugin that never returns, at any phase, is a reason after the deadline") {
  const auto before = std::chrono::steady_clock::now();
  check({"hang", "probe_timed_out", {"it was stopped after 8 s"}}, std::chrono::seconds{8});
  // All at once, not one after the other.
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{30});
}

TEST_CASE("loader: the plugin of these tests is sound without a plan") {
  const plugin_folder folder;
  add_failing(folder, "sound", "sound none none");
  hal::runtime runtime(folder.options());
  CHECK(devices_of(*runtime.look(), "sound") == 1);
  CHECK_NOTHROW(runtime.open("sound:0"));
}

}  // namespace

TEST_SUITE_END();
