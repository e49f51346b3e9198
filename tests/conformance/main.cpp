#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/conformance/fixture.hpp"
#include "tests/conformance/kernels.hpp"
#include "tests/conformance/options.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/conformance/verdicts.hpp"
#include "tests/conformance/watchdog.hpp"

namespace {

enum exit_code { all_passed = 0, some_failed = 1, bad_usage = 2, no_device = 77 };

conformance::watchdog *the_watchdog = nullptr;
std::function<void()> tell_result;

// doctest's own console, without its version and summary, and with our verdicts.
class verdict_reporter : public doctest::ConsoleReporter {
 public:
  explicit verdict_reporter(const doctest::ContextOptions &options) : ConsoleReporter(options) {}

  void test_run_start() override {}
  // Also reached from doctest's signal handler when a case crashes.
  void test_run_end(const doctest::TestRunStats &) override {
    if (crashed_) s << "hal-conformance: the case crashed; the cases after it were not run.\n";
    if (tell_result) tell_result();
    if (crashed_) _exit(some_failed);
  }
  void test_case_exception(const doctest::TestCaseException &thrown) override {
    crashed_ = crashed_ || thrown.is_crash;
    ConsoleReporter::test_case_exception(thrown);
  }
  void test_case_start(const doctest::TestCaseData &started) override {
    conformance::the_verdicts().begin(started.m_name);
    if (the_watchdog != nullptr) the_watchdog->begin(started.m_name);
    ConsoleReporter::test_case_start(started);
  }
  void test_case_end(const doctest::CurrentTestCaseStats &ended) override {
    ConsoleReporter::test_case_end(ended);
    if (the_watchdog != nullptr) the_watchdog->end();
    const auto &result = conformance::the_verdicts().end(ended.failure_flags == 0);
    if (result.outcome == conformance::verdict::failed && !result.reason.empty())
      s << result.name << ": " << result.reason << "\n";
  }

 private:
  bool crashed_ = false;
};

DOCTEST_REGISTER_REPORTER("verdicts", 0, verdict_reporter);

// In the order in which they run.
std::vector<std::string> case_names() {
  std::vector<const doctest::TestCaseData *> cases;
  for (const auto &one : doctest::detail::getRegisteredTests()) cases.push_back(&one);
  const auto place = [](const doctest::TestCaseData *one) {
    return std::tuple(std::string_view(one->m_test_suite), std::string_view(one->m_file.c_str()),
                      one->m_line);
  };
  std::sort(cases.begin(), cases.end(), [&](auto *left, auto *right) { return place(left) < place(right); });
  std::vector<std::string> names;
  for (const auto *one : cases) names.emplace_back(one->m_name);
  return names;
}

int list_cases() {
  const auto names = case_names();
  std::size_t negative = 0;
  for (const auto &name : names) {
    std::cout << name << "\n";
    if (conformance::is_negative(name)) ++negative;
  }
  std::cout << names.size() << " cases, " << negative << " negative, "
            << (names.empty() ? 0 : 100 * negative / names.size()) << " percent\n";
  return all_passed;
}

// Without a device nothing can be judged, unless the answer itself breaks the contract.
int explain_probe(const conformance::answer &found, const std::string &path) {
  const std::string fault = conformance::record_fault(found);
  if (found.status != HAL_STATUS_OK && !fault.empty()) {
    std::cerr << "hal-conformance: the probe of \"" << path << "\" answers "
              << conformance::status_name(found.status) << ", but " << fault << ".\n";
    std::cout << "0 passed, 1 failed, 0 skipped" << std::endl;
    return some_failed;
  }
  const std::string text = found.error.message;
  switch (found.status) {
    case HAL_STATUS_OK:
      std::cerr << "hal-conformance: \"" << path << "\" was loaded, but finds no device on this machine.\n";
      return no_device;
    case HAL_STATUS_UNAVAILABLE:
    case HAL_STATUS_INCOMPATIBLE_VERSION:
    case HAL_STATUS_PERMISSION_DENIED:
      std::cerr << "hal-conformance: \"" << path << "\" was loaded, but has no device here: " << text << "\n";
      return no_device;
    default:
      std::cerr << "hal-conformance: the probe of \"" << path << "\" answers "
                << conformance::status_name(found.status) << ", which it may not: " << text << "\n";
      std::cout << "0 passed, 1 failed, 0 skipped" << std::endl;
      return some_failed;
  }
}

int judge(const conformance::options &given) {
  auto &verdicts = conformance::the_verdicts();
  if (!given.expect.empty()) {
    verdicts.read_expected(given.expect);
    const auto unknown = verdicts.unknown_expected(case_names());
    if (!unknown.empty()) {
      throw conformance::usage_failure("The list of expected failures \"" + given.expect +
                                       "\" names a case that does not exist: \"" + unknown.front() + "\".");
    }
  }

  conformance::subject loaded(given.plugin);
  conformance::set_subject(&loaded);
  const auto found = loaded.probe();
  if (found.status != HAL_STATUS_OK || loaded.device_count() == 0) return explain_probe(found, given.plugin);
  if (given.device >= loaded.device_count()) {
    throw conformance::usage_failure("Device " + std::to_string(given.device) +
                                     " was asked for; the plugin has " +
                                     std::to_string(loaded.device_count()) + ", counted from 0.");
  }
  loaded.select(given.device);
  conformance::set_kernel_folder(given.kernels);
  conformance::set_patience(given.patience);

  doctest::Context context;
  std::vector<const char *> arguments = {"hal-conformance"};
  for (const auto &word : given.doctest) arguments.push_back(word.c_str());
  context.setOption("order-by", "suite");
  context.setOption("reporters", "verdicts");
  context.applyCommandLine(static_cast<int>(arguments.size()), arguments.data());
  if (context.shouldExit()) return context.run();
  std::ostream &text = given.json ? std::cerr : std::cout;
  context.setCout(&text);

  tell_result = [&] {
    verdicts.print_summary(text);
    if (given.json) verdicts.print_json(std::cout, given.plugin, given.device);
  };
  conformance::watchdog watchdog(10 * given.patience, [&](const std::string &name) {
    text << "hal-conformance: the case \"" << name << "\" does not end; the cases after it were not run.\n";
    verdicts.end(false);
    tell_result();
    _exit(some_failed);
  });
  the_watchdog = &watchdog;
  context.run();
  the_watchdog = nullptr;
  tell_result = nullptr;
  if (verdicts.total() == 0) throw conformance::usage_failure("No case matches what was asked for.");
  return verdicts.count(conformance::verdict::failed) == 0 ? all_passed : some_failed;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    const auto given = conformance::read_options(argc, argv);
    if (given.help) {
      std::cout << conformance::usage;
      return all_passed;
    }
    return given.list ? list_cases() : judge(given);
  } catch (const std::exception &failed) {
    std::cerr << "hal-conformance: " << failed.what() << "\n";
    return bad_usage;
  }
}
