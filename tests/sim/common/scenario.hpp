// What scenario.cpp is told of a vendor: each stand-in's folder defines these. And what it tells.
#pragma once

#include <cstdint>

namespace sim {

// Begins the line behind what a walk printed.
inline constexpr char end_of_walk = '\x1e';

struct scenario_module {
  const char *format = nullptr;
  const void *bytes = nullptr;
  std::uint64_t size = 0;  // 0: there are no kernels here
};

// A module that holds the conformance suite's kernels.
scenario_module scenario_kernels();

// The stand-in, and its entry that counts what was not given back.
extern const char *const scenario_library;
extern const char *const scenario_left_behind;

}  // namespace sim
