// What `halctl bench` measures: the cost of each kind of work on a device, as a program sees it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device.hpp"

namespace hal::ctl {

struct bench_figure {
  enum class outcome { ok, failed, skipped };

  std::string name;
  outcome ended = outcome::ok;
  std::string detail;       // why it failed or was skipped
  std::uint64_t bytes = 0;  // moved by one operation; 0: none
  // Seconds of one operation: the median of the samples, and what nine tenths of them lie above and below.
  double median = 0;
  double low = 0;
  double high = 0;
  std::uint32_t samples = 0;
  std::uint32_t operations = 0;  // in each sample
};

std::string_view to_string(bench_figure::outcome ended) noexcept;

// Measures all of it. `quick` takes a tenth of the time and leaves the largest sizes out. A step that fails
// does not end the others, unless the device failed with it. `begin` is called with each step's name before
// it runs.
std::vector<bench_figure> run_bench(const device &on, bool quick,
                                    const std::function<void(std::string_view)> &begin);

}  // namespace hal::ctl
