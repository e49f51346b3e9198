// What halctl run tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/halctl/json.hpp"
#include "runtime/halctl/output.hpp"
#include "runtime/halctl/run_compare.hpp"
#include "runtime/halctl/run_launch.hpp"

namespace hal::ctl {

// One argument's memory on both devices.
struct verified_argument {
  std::size_t place = 0;
  difference found;
};

struct run_report {
  std::string kernel;
  run_outcome outcome;
  std::vector<std::pair<std::size_t, std::string>> files;  // arguments written, by place
  std::optional<run_outcome> other;                        // the device that verified
  std::vector<verified_argument> verified;

  bool passed() const;
};

std::string as_text(const run_report &report, const painter &paint);
json to_json(const run_report &report);

}  // namespace hal::ctl
