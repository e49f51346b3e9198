// How much memory the machine, or the control group, has and leaves.
#pragma once

#include <cstdint>

#include "plugins/host/files.hpp"

namespace hal::plugins::host {

struct system_memory {
  std::uint64_t total = 0;      // MemTotal, or the group's limit when that is less
  std::uint64_t available = 0;  // MemAvailable, or what the group leaves when that is less
};

// Throws HAL_STATUS_UNAVAILABLE when /proc/meminfo cannot be read.
system_memory read_system_memory(const file_tree &files);

}  // namespace hal::plugins::host
