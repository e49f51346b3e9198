// The driver's codes as ours, with text.
#pragma once

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/level_zero/api.hpp"

namespace hal::plugins::level_zero {

// HAL_STATUS_UNKNOWN for a code that this plugin does not know.
hal_status to_status(driver::result result) noexcept;
// As in ze_api.h: "ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY".
std::string_view name_of(driver::result result) noexcept;
// After it nothing more runs on the device: it has failed.
bool ends_device(driver::result result) noexcept;

// What to throw. `call` says what was tried, with the values and on what: "zeMemAllocDevice of 64 bytes on
// ...".
plugin::failure vendor_failure(driver::result result, std::string_view call);

// Throws unless the result is ZE_RESULT_SUCCESS. For calls that work on no opened device; the others go
// through hal_device.
void check(driver::result result, std::string_view call);

}  // namespace hal::plugins::level_zero
