// A loader whose entries return success at once: what the plugin costs stands out against it. Those that must
// answer something are in null_driver.cpp and take the place of these.
#include "plugins/level_zero/driver.hpp"

extern "C" {
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) \
  __attribute__((weak, visibility("default"))) int symbol() {         \
    return 0;                                                         \
  }
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
}
