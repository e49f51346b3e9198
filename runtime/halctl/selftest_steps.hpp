// The steps of `halctl selftest`: what a device must be able to do, done and verified byte by byte.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device.hpp"

namespace hal::ctl {

struct step_result {
  enum class outcome { ok, failed, skipped };

  std::string name;
  outcome ended = outcome::ok;
  std::string detail;       // why it failed or was skipped
  double seconds = 0;       // of the measured part
  std::uint64_t bytes = 0;  // moved in that time; 0: no bandwidth
};

std::string_view to_string(step_result::outcome ended) noexcept;

// Runs every step on the device with main transfers of `size` bytes (at least 1). A step that fails does not
// end the others, unless the device failed with it. `begin` is called with each step's name before it runs.
std::vector<step_result> run_steps(const device &on, std::uint64_t size,
                                   const std::function<void(std::string_view)> &begin);

}  // namespace hal::ctl
