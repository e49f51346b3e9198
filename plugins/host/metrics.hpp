// What changes while the machine runs, read from /proc and /sys.
#pragma once

#include <cstdint>

#include "hal/abi/description.h"
#include "plugins/host/files.hpp"
#include "plugins/host/process.hpp"

namespace hal::plugins::host {

// The counters now. `time` is that of the reading.
machine_counters read_counters(const file_tree &files);

// Figures that one reading gives: memory, temperature, clock, power limit.
void read_levels(const file_tree &files, hal_metrics &out);

// Figures that two readings give: utilisation and power. Nothing, without an earlier reading.
void fill_rates(const machine_counters &before, const machine_counters &after, hal_metrics &out);

}  // namespace hal::plugins::host
