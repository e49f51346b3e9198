// Every entry that the plugin may call is here, with the types under which the plugin calls it.
#include "plugins/hip/api.hpp"

namespace hal::plugins::hip::driver {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) extern "C" answer symbol parameters;
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
}  // namespace hal::plugins::hip::driver

// Referred to, so that one that is missing fails the link.
extern "C" __attribute__((visibility("default"))) const void *hipSimEntries() {
  static void (*const all[])() = {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  reinterpret_cast<void (*)()>(&hal::plugins::hip::driver::symbol),
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
  };
  return static_cast<const void *>(all);
}
