// The vendor's codes as ours, with text.
#pragma once

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/template/api.hpp"

namespace template_plugin {

// HAL_STATUS_UNKNOWN for a code that this plugin does not know.
hal_status to_status(vendor_result result) noexcept;
// As in the vendor's header: "VENDOR_OUT_OF_MEMORY".
std::string_view name_of(vendor_result result) noexcept;

// What to throw. `call` says what was tried, with the values: "vendor_memory_allocate of 64 bytes".
hal::plugin::failure vendor_failure(vendor_result result, std::string_view call);

// Throws unless the result is VENDOR_OK. For calls that need no context; the others go through hal_device.
void check(vendor_result result, std::string_view call);

}  // namespace template_plugin
