// Plugin tables made whole: what a plugin left out, or is too old to know, answers instead of crashing.
#pragma once

#include "hal/abi/plugin.h"

namespace hal::devices {

// The plugin's tables as this library knows them. Entries beyond the plugin's struct_size and optional
// entries that are NULL answer HAL_STATUS_UNSUPPORTED with a sentence that names the entry. Throws
// hal::error, incompatible_version, when a required entry is missing.
hal_plugin complete_plugin(const hal_plugin &table);
hal_device_table complete_device_table(const hal_device_table &table);

}  // namespace hal::devices
