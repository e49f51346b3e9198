#include "hal/plugin/entry.hpp"

#include "plugins/cuda/plugin.hpp"

HAL_PLUGIN_ENTRY(hal::plugins::cuda::cuda_plugin)
