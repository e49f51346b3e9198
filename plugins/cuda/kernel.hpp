// Kernels and their launches.
#pragma once

#include "hal/plugin/native/kernel.hpp"
#include "plugins/cuda/traits.hpp"

struct hal_kernel : hal::plugin::native::kernel<hal::plugins::cuda::traits> {};

namespace hal::plugins::cuda {

using kernel_entries = plugin::native::kernel_entries<traits>;

}  // namespace hal::plugins::cuda
