// Asks plugins for their devices, each in a child process of its own and all at once.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/probing/child.hpp"
#include "runtime/probing/report.hpp"

namespace hal::rt {

struct probe_limits {
  std::chrono::milliseconds deadline{2000};  // for one plugin, from the start of its child
  std::chrono::milliseconds grace{500};      // for all children together to be gone after they were ended
  std::size_t at_once = 16;
  int end_signal = SIGKILL;
};

enum class probe_end {
  reported,  // `report` has a verdict
  crashed,   // or ended without one
  timed_out,
  garbled,  // what it wrote is no report
  not_started,
};

struct probe_result {
  probe_end end = probe_end::not_started;
  probe_report report;
  std::string why;    // how it ended, as a sentence without its first word's capital; empty when reported
  std::string bytes;  // the frames, when reported
};

// The program that the children run: beside the library in a build tree, below it in an installation.
std::filesystem::path probe_helper();

class prober {
 public:
  explicit prober(std::filesystem::path helper = probe_helper(), probe_limits limits = {});
  prober(const prober &) = delete;
  prober &operator=(const prober &) = delete;
  ~prober();

  // One result for each request, in their order. Waits no longer than the deadline and the grace for each
  // `at_once` of them, whatever the children do: one that no signal ends is left behind and collected by a
  // later call, or at the end of this object, when it has ended by then. Throws only std::bad_alloc. One
  // thread at a time.
  std::vector<probe_result> run(std::span<const probe_request> requests);

  // Children that did not end so far.
  std::size_t left_behind() noexcept;

 private:
  std::filesystem::path helper_;
  probe_limits limits_;
  std::vector<std::unique_ptr<probe_child>> ending_;  // signaled, not collected
};

}  // namespace hal::rt
