// Level Zero's system management: live figures. Never required: where it is missing or refuses, there are
// fewer figures. Before specification 1.5 it works only where ZES_ENABLE_SYSMAN=1 was set when the driver
// started; this plugin does not set it, since the environment is the program's.
#pragma once

#include <cstdint>

#include "hal/abi/description.h"
#include "plugins/level_zero/inventory.hpp"

namespace hal::plugins::level_zero::sysman {

bool is_there(const api &api, const found_device &of) noexcept;

// Bytes a second; 0 when not told.
std::uint64_t max_bandwidth(const api &api, const found_device &of) noexcept;

// Free and total bytes of the device's own memory; false when not told.
bool memory_state(const api &api, const found_device &of, std::uint64_t &free, std::uint64_t &total) noexcept;

// Reads what there is to read. Power and utilisation are means since the last reading of the device, or over
// some milliseconds when there was none.
void read(const api &api, const found_device &of, hal_metrics &out);

}  // namespace hal::plugins::level_zero::sysman
