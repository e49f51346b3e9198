#include "runtime/probing/prober.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "hal/error.hpp"
#include "runtime/own_file.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;
using clock = probe_child::clock;

// Between two looks at a child whose end the kernel does not announce.
constexpr milliseconds look_again{5};

std::string how_it_ended(const child_end &end) {
  if (!end.known) return "it ended without an answer";
  if (!end.by_signal) return fmt::format("it ended its process with status {}", end.number);
  const char *name = ::sigabbrev_np(end.number);
  const char *words = ::sigdescr_np(end.number);
  std::string text = name == nullptr ? fmt::format("signal {}", end.number) : fmt::format("SIG{}", name);
  if (words != nullptr) text += fmt::format(" ({})", words);
  return text;
}

std::string seconds(milliseconds time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

// What came of a child at this moment; nothing while it may still answer.
std::optional<probe_result> judge(probe_child &child, const std::string &plugin, milliseconds deadline) {
  // Ended first: what it wrote before is then all there.
  const std::optional<child_end> end = child.ended();
  child.read();
  const bool late = clock::now() - child.started() >= deadline;
  if (!end && !late && child.pipe() >= 0 && !child.flooded()) return std::nullopt;

  read_report read = read_frames(child.bytes(), plugin);
  probe_result result;
  result.report = std::move(read.report);
  const std::string_view where = to_string(result.report.phase);
  if (child.flooded()) {
    result.end = probe_end::garbled;
    result.why = fmt::format("it wrote more than {} bytes into its answer", most_report_bytes);
  } else if (!read.damage.empty()) {
    result.end = probe_end::garbled;
    result.why = "what it wrote is no answer: " + read.damage;
  } else if (result.report.verdict != probe_verdict::none) {
    result.end = probe_end::reported;
    result.bytes = child.bytes();
  } else if (end) {
    result.end = probe_end::crashed;
    result.why = fmt::format("{} {}", how_it_ended(*end), where);
  } else if (late) {
    result.end = probe_end::timed_out;
    result.why = fmt::format("it was stopped after {} {}", seconds(deadline), where);
  } else {
    return std::nullopt;  // it closed the pipe, and is about to end
  }
  return result;
}

void wait_for_any(const std::vector<std::unique_ptr<probe_child>> &children, clock::time_point until) {
  std::vector<pollfd> watched;
  bool announced = true;
  for (const auto &child : children) {
    if (child->pipe() >= 0) watched.push_back({child->pipe(), POLLIN, 0});
    if (child->exit() >= 0) {
      watched.push_back({child->exit(), POLLIN, 0});
    } else {
      announced = false;
    }
  }
  auto time = std::chrono::ceil<milliseconds>(until - clock::now());
  if (!announced) time = std::min(time, look_again);
  ::poll(watched.data(), watched.size(),
         static_cast<int>(std::clamp<milliseconds::rep>(time.count(), 0, 60000)));
}

}  // namespace

fs::path probe_helper() {
  return own_file("runtime/probe", "hal-probe");
}

prober::prober(fs::path helper, probe_limits limits) : helper_(std::move(helper)), limits_(limits) {}

prober::~prober() {
  left_behind();
}

std::size_t prober::left_behind() noexcept {
  std::erase_if(ending_, [](const auto &child) { return child->collect(); });
  return ending_.size();
}

std::vector<probe_result> prober::run(std::span<const probe_request> requests) {
  left_behind();
  std::vector<probe_result> results(requests.size());
  std::vector<std::unique_ptr<probe_child>> running;
  std::size_t next = 0;
  while (next < requests.size() || !running.empty()) {
    for (; next < requests.size() && running.size() < limits_.at_once; ++next) {
      try {
        running.push_back(std::make_unique<probe_child>(helper_, requests[next], next));
      } catch (const error &failed) {
        results[next].why = failed.what();
      }
    }
    clock::time_point until = clock::time_point::max();
    for (auto child = running.begin(); child != running.end();) {
      auto result = judge(**child, requests[(*child)->index()].name, limits_.deadline);
      if (!result) {
        until = std::min(until, (*child)->started() + limits_.deadline);
        ++child;
        continue;
      }
      results[(*child)->index()] = std::move(*result);
      (*child)->signal(limits_.end_signal);
      ending_.push_back(std::move(*child));
      child = running.erase(child);
    }
    if (!running.empty() && (next == requests.size() || running.size() == limits_.at_once))
      wait_for_any(running, until);
  }
  // Killed children are gone at once, but for those that the kernel holds.
  for (const auto last = clock::now() + limits_.grace; left_behind() != 0 && clock::now() < last;) {
    std::this_thread::sleep_for(milliseconds{1});
  }
  return results;
}

}  // namespace hal::rt
