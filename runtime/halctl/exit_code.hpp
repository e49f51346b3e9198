// What halctl answers to its caller. docs/halctl.md and docs/halctl.1 list the same numbers.
#pragma once

#include "hal/status.hpp"

namespace hal::ctl {

enum class exit_code : int {
  ok = 0,
  failed = 1,     // the operation or a test failed
  usage = 2,      // the command line, or a value on it, is wrong
  no_device = 3,  // no such device or plugin
  unusable = 4,   // it is there and cannot be used
  missing = 5,    // a part of the HAL is not installed
  output = 6,     // standard output could not be written
  // 128 and the signal's number: `halctl run` was ended by it (130: SIGINT, 143: SIGTERM)
};

// The code for a failure that ends the program.
constexpr exit_code exit_code_of(status why) noexcept {
  switch (why) {
    case status::ok:
      return exit_code::ok;
    case status::invalid_argument:
      return exit_code::usage;
    case status::not_found:
      return exit_code::no_device;
    case status::unsupported:
    case status::unavailable:
    case status::permission_denied:
    case status::device_lost:
    case status::incompatible_version:
      return exit_code::unusable;
    default:
      return exit_code::failed;
  }
}

}  // namespace hal::ctl
