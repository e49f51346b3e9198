#include "plugins/template/status.hpp"

#include <string>
#include <utility>

namespace template_plugin {

hal_status to_status(vendor_result result) noexcept {
  switch (result) {
    case VENDOR_OK:
      return HAL_STATUS_OK;
    case VENDOR_NOT_READY:
      return HAL_STATUS_NOT_READY;
    case VENDOR_TIMEOUT:
      return HAL_STATUS_TIMED_OUT;
    case VENDOR_BAD_VALUE:
      return HAL_STATUS_INVALID_ARGUMENT;
    case VENDOR_OUT_OF_MEMORY:
      return HAL_STATUS_OUT_OF_DEVICE_MEMORY;
    case VENDOR_BAD_CODE:
      return HAL_STATUS_INVALID_MODULE;
    case VENDOR_NO_ENTRY:
      return HAL_STATUS_NOT_FOUND;
    case VENDOR_NO_DEVICE:
      return HAL_STATUS_UNAVAILABLE;
    case VENDOR_FAULT:
      return HAL_STATUS_LAUNCH_FAILED;
    default:
      return HAL_STATUS_UNKNOWN;
  }
}

std::string_view name_of(vendor_result result) noexcept {
  switch (result) {
    case VENDOR_OK:
      return "VENDOR_OK";
    case VENDOR_NOT_READY:
      return "VENDOR_NOT_READY";
    case VENDOR_TIMEOUT:
      return "VENDOR_TIMEOUT";
    case VENDOR_BAD_VALUE:
      return "VENDOR_BAD_VALUE";
    case VENDOR_OUT_OF_MEMORY:
      return "VENDOR_OUT_OF_MEMORY";
    case VENDOR_BAD_CODE:
      return "VENDOR_BAD_CODE";
    case VENDOR_NO_ENTRY:
      return "VENDOR_NO_ENTRY";
    case VENDOR_NO_DEVICE:
      return "VENDOR_NO_DEVICE";
    case VENDOR_FAULT:
      return "VENDOR_FAULT";
    default:
      return "a code that this plugin does not know";
  }
}

hal::plugin::failure vendor_failure(vendor_result result, std::string_view call) {
  std::string message(call);
  message.append(" failed: ")
      .append(name_of(result))
      .append(" (")
      .append(std::to_string(result))
      .append(").");
  return {to_status(result), std::move(message), result};
}

void check(vendor_result result, std::string_view call) {
  if (result != VENDOR_OK) [[unlikely]]
    throw vendor_failure(result, call);
}

}  // namespace template_plugin
