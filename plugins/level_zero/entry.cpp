#include "hal/plugin/entry.hpp"

#include "plugins/level_zero/plugin.hpp"

HAL_PLUGIN_ENTRY(hal::plugins::level_zero::level_zero_plugin)
