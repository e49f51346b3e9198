// Kernels and their launches.
#pragma once

#include "hal/plugin/native/kernel.hpp"
#include "plugins/hip/traits.hpp"

struct hal_kernel : hal::plugin::native::kernel<hal::plugins::hip::traits> {
  bool takes_shared = false;  // a parameter is shared memory, which HIP cannot give it
};

namespace hal::plugins::hip {

using kernel_entries = plugin::native::kernel_entries<traits>;

}  // namespace hal::plugins::hip
