// A runtime whose entries return success at once: what the plugin costs stands out against it. Those that
// must answer something are in null_driver.cpp and take the place of these.
#include "plugins/hip/driver.hpp"

extern "C" {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  __attribute__((weak, visibility("default"))) int symbol() {          \
    return 0;                                                          \
  }
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
}
