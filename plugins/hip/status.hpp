// The driver's codes as ours, with text.
#pragma once

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/hip/api.hpp"

namespace hal::plugins::hip {

// HAL_STATUS_UNKNOWN for a code that this plugin does not know.
hal_status to_status(driver::result result) noexcept;
// As in hip_runtime_api.h: "hipErrorOutOfMemory".
std::string_view name_of(driver::result result) noexcept;
// After it the device answers the same code to everything: it has failed.
bool ends_device(driver::result result) noexcept;

// The runtime keeps the last failure of each thread for hipGetLastError, which a program asks after work of
// its own: what this plugin caused and has taken note of is taken back.
void forget_last_error(const api &api) noexcept;

// What to throw; forgets the last error. `call` says what was tried, with the values and on what: "hipMalloc
// of 64 bytes on ...".
plugin::failure vendor_failure(const api &api, driver::result result, std::string_view call);

// Throws unless the result is hipSuccess. For calls before a device is opened; the others go through
// hal_device.
void check(const api &api, driver::result result, std::string_view call);

}  // namespace hal::plugins::hip
