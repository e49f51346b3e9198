// The command line of hal-conformance.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace conformance {

struct options {
  std::string plugin;
  unsigned device = 0;
  std::string expect;      // file of expected failures; empty: none
  std::string kernels;     // folder of conformance-kernels.so; empty: beside the executable
  unsigned patience = 60;  // seconds that a wait for finite work may take before it counts as failed
  bool list = false;
  bool json = false;
  bool help = false;
  std::vector<std::string> doctest;  // everything else that begins with a dash
};

class usage_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws usage_failure with one sentence.
options read_options(int argc, char **argv);

extern const char usage[];

}  // namespace conformance
