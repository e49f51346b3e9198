// How plugins are asked: the caller's options, or the environment's.
#pragma once

#include <filesystem>

#include "hal/runtime.hpp"
#include "runtime/probing/prober.hpp"

namespace hal::rt {

// runtime_options::probe_deadline, else HAL_PROBE_DEADLINE in seconds. Throws hal::error, invalid_argument,
// for a deadline that is none: it is more than 0 and at most an hour.
probe_limits probe_limits_of(const runtime_options &options);

// The folder that keeps what plugins told: runtime_options::cache and HAL_CACHE, else XDG_CACHE_HOME/hal,
// else
// ~/.cache/hal. Empty: nothing is kept. In secure-execution mode nothing is.
std::filesystem::path cache_folder(const runtime_options &options);

}  // namespace hal::rt
