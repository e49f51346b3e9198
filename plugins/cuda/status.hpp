// The driver's codes as ours, with text.
#pragma once

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/cuda/api.hpp"

namespace hal::plugins::cuda {

// HAL_STATUS_UNKNOWN for a code that this plugin does not know.
hal_status to_status(driver::result result) noexcept;
// As in cuda.h: "CUDA_ERROR_OUT_OF_MEMORY".
std::string_view name_of(driver::result result) noexcept;
// After it the context answers the same code to everything: the device has failed.
bool ends_device(driver::result result) noexcept;

// What to throw. `call` says what was tried, with the values and on what: "cuMemAlloc of 64 bytes on ...".
plugin::failure vendor_failure(const api &api, driver::result result, std::string_view call);

// Throws unless the result is CUDA_SUCCESS. For calls that need no context; the others go through hal_device.
void check(const api &api, driver::result result, std::string_view call);

}  // namespace hal::plugins::cuda
