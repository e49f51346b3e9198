#include "hal/plugin/entry.hpp"

#include "plugins/opencl/plugin.hpp"

HAL_PLUGIN_ENTRY(hal::plugins::opencl::opencl_plugin)
