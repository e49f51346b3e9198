// The version of the library. The plugin boundary has a version of its own: HAL_ABI_MAJOR in
// hal/abi/plugin.h.
#pragma once

#include <string_view>

namespace hal {

// "0.1.0", of the library that runs, not of the headers that a program was compiled with.
std::string_view version() noexcept;

}  // namespace hal
