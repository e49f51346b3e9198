// OpenCL's codes as ours, with text.
#pragma once

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/opencl/api.hpp"

namespace hal::plugins::opencl {

// HAL_STATUS_UNKNOWN for a code that this plugin does not know.
hal_status to_status(driver::result result) noexcept;
// As in cl.h: "CL_OUT_OF_RESOURCES".
std::string_view name_of(driver::result result) noexcept;
// After it nothing can be done with the opening any more: the device has failed.
bool ends_device(driver::result result) noexcept;

// What to throw. `call` says what was tried, with the values and on what: "clCreateBuffer of 64 bytes on
// ...".
plugin::failure vendor_failure(driver::result result, std::string_view call);

// Throws unless the result is CL_SUCCESS. For calls before a device is opened; the others go through
// hal_device.
void check(driver::result result, std::string_view call);

}  // namespace hal::plugins::opencl
