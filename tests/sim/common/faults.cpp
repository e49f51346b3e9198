#include "tests/sim/common/faults.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace sim {
namespace {

using nlohmann::json;

struct call_counts {
  std::mutex mutex;
  std::map<std::string, std::uint64_t> calls;
};

}  // namespace

json load_configuration(const char *variable) {
  const char *given = std::getenv(variable);
  std::string text = given == nullptr || *given == '\0' ? "{}" : given;
  try {
    if (text.front() != '{') {
      std::ifstream file(text);
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
    return json::parse(text);
  } catch (const std::exception &wrong) {
    std::fprintf(stderr, "A stand-in cannot read %s: %s\n", variable, wrong.what());
    std::abort();
  }
}

std::vector<fault> read_faults(const json &configuration) {
  std::vector<fault> found;
  for (const json &one : configuration.value("faults", json::array())) {
    found.push_back({one.value("entry", ""), one.value("call", std::uint64_t{1}), one.value("result", 0),
                     one.value("delay_ms", 0), one.value("kill", false)});
  }
  return found;
}

int enter(const std::vector<fault> &planned, const char *entry) {
  if (planned.empty()) return 0;
  static auto &counts = *new call_counts;
  std::uint64_t call = 0;
  {
    const std::lock_guard lock(counts.mutex);
    call = ++counts.calls[entry];
  }
  int result = 0;
  for (const fault &one : planned) {
    if (one.entry != entry || (one.call != 0 && one.call != call)) continue;
    if (one.kill) std::raise(SIGKILL);
    if (one.delay_ms != 0) std::this_thread::sleep_for(std::chrono::milliseconds(one.delay_ms));
    result = one.result;
  }
  return result;
}

}  // namespace sim
