// Whether two opened devices are one plugin's, so that one may be given the other's handles.
#pragma once

#include "hal/detail/device_state.hpp"

namespace hal::devices {

// Told by the plugin's code: a plugin that was loaded twice, by two runtimes or before and after a refresh,
// is one.
inline bool same_plugin(const detail::device_state &a, const detail::device_state &b) noexcept {
  return a.plugin->open == b.plugin->open;
}

}  // namespace hal::devices
