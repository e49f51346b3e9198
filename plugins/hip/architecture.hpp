// What follows from a processor's name alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/hip/target.hpp"

namespace hal::plugins::hip {

// Operations that one unit, as the runtime counts them, begins in one clock, a fused multiply-add as one; 0:
// not known, or not a type of the processor's. From gfx10 on the unit is a workgroup processor, which is two
// compute units.
struct throughput {
  std::uint32_t f64, f32, f16, bf16, f8, i8;
};
throughput throughput_of(std::string_view processor) noexcept;

// HAL_DATA_TYPE_* that it computes on in hardware. The 8-bit types of gfx942 are not in it: their encoding is
// another one than that of other devices.
std::uint64_t data_types_of(std::string_view processor) noexcept;

// Bytes of a line of the last cache level.
std::uint32_t cache_line_of(std::string_view processor) noexcept;

// "gfx90a:sramecc+:xnack-", then the other targets whose code it runs; generic ones from HIP 6.4 on.
std::vector<std::string> targets_of(const target &device, int version);

}  // namespace hal::plugins::hip
