// The boundary's records as C++ values.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hal/abi/plugin.h"
#include "hal/device_info.hpp"

namespace hal::devices {

// Asks a complete plugin (devices/table.hpp) about one device. Text that is not terminated ends with
// its field and is made printable (devices/text.hpp). Throws hal::error with what the plugin said.
device_info describe(const hal_plugin &plugin, std::uint32_t index);
std::vector<device_property> properties(const hal_plugin &plugin, std::uint32_t index);
device_metrics metrics(const hal_plugin &plugin, std::uint32_t index);

}  // namespace hal::devices
