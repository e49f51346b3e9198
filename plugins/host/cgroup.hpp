// What the control groups (version 1 and 2) leave to this process.
#pragma once

#include <cstdint>
#include <optional>

#include "plugins/host/files.hpp"

namespace hal::plugins::host {

// The tightest limits on the way from the process's group up to the root. Nothing: no limit.
struct cgroup_limits {
  std::optional<double> processors;               // quota over period: 1.5 is one and a half cores
  std::optional<std::uint64_t> memory;            // bytes
  std::optional<std::uint64_t> memory_available;  // bytes until the first limit, reclaimable cache included
};

// `with_memory` false leaves the memory fields out, which saves reads.
cgroup_limits read_cgroup_limits(const file_tree &files, bool with_processors = true,
                                 bool with_memory = true);

}  // namespace hal::plugins::host
