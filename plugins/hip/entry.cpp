#include "hal/plugin/entry.hpp"

#include "plugins/hip/plugin.hpp"

HAL_PLUGIN_ENTRY(hal::plugins::hip::hip_plugin)
