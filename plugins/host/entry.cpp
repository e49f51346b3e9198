#include "hal/plugin/entry.hpp"
#include "plugins/host/plugin.hpp"

HAL_PLUGIN_ENTRY(hal::plugins::host::host_plugin)
