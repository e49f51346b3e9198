// What follows from a compute capability alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hal::plugins::cuda {

struct compute_capability {
  int major = 0;
  int minor = 0;

  int number() const noexcept { return 10 * major + minor; }
};

// Operations that one multiprocessor begins in one clock, a fused multiply-add as one; 0: not known.
struct throughput {
  std::uint32_t f32, f16, f8, i8;
};
throughput throughput_of(compute_capability capability) noexcept;

// HAL_DATA_TYPE_* that it computes on in hardware.
std::uint64_t data_types_of(compute_capability capability) noexcept;

// "sm_86", then the other targets whose binaries it runs.
std::vector<std::string> targets_of(compute_capability capability);

}  // namespace hal::plugins::cuda
