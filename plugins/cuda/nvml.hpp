// NVIDIA's management library: live figures, and what a MIG instance is a part of. Never required: where it
// is missing or refuses, there are fewer figures.
#pragma once

#include <cstdint>

#include "hal/abi/description.h"
#include "plugins/cuda/driver.hpp"

namespace hal::plugins::cuda::nvml {

// Our own declarations of nvml.h, as far as they are used.
using device = struct device_record *;

struct utilization {
  unsigned gpu, memory;  // percent
};
struct memory {
  unsigned long long total, free, used;
};
enum clock : int { clock_graphics = 0, clock_memory = 2 };
enum sensor : int { sensor_gpu = 0 };

// Whether the library can be loaded; it is not initialised.
bool is_there() noexcept;

// Number of the MIG instance within its GPU, from 0; 0 when that is not known.
std::uint32_t instance_number(const driver::uuid &instance) noexcept;

// Reads what there is to read of the device with that identity.
void read(const hal_device_identity &identity, hal_metrics &out) noexcept;

}  // namespace hal::plugins::cuda::nvml
