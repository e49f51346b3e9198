// Every entry that the plugin may call is here, with the types under which the plugin calls it.
#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda::driver {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) extern "C" result symbol parameters;
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
}  // namespace hal::plugins::cuda::driver

// Referred to, so that one that is missing fails the link.
extern "C" __attribute__((visibility("default"))) const void *cuSimEntries() {
  static void (*const all[])() = {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) \
  reinterpret_cast<void (*)()>(&hal::plugins::cuda::driver::symbol),
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
  };
  return static_cast<const void *>(all);
}
