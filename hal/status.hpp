// The status codes of hal/abi/status.h as a C++ enumeration. That header says when each is used.
#pragma once

#include <cstdint>
#include <string_view>

#include "hal/abi/status.h"

namespace hal {

enum class status : std::int32_t {
  ok = HAL_STATUS_OK,
  not_ready = HAL_STATUS_NOT_READY,
  timed_out = HAL_STATUS_TIMED_OUT,
  unsupported = HAL_STATUS_UNSUPPORTED,
  unavailable = HAL_STATUS_UNAVAILABLE,
  invalid_argument = HAL_STATUS_INVALID_ARGUMENT,
  invalid_handle = HAL_STATUS_INVALID_HANDLE,
  out_of_range = HAL_STATUS_OUT_OF_RANGE,
  invalid_state = HAL_STATUS_INVALID_STATE,
  busy = HAL_STATUS_BUSY,
  not_found = HAL_STATUS_NOT_FOUND,
  permission_denied = HAL_STATUS_PERMISSION_DENIED,
  out_of_host_memory = HAL_STATUS_OUT_OF_HOST_MEMORY,
  out_of_device_memory = HAL_STATUS_OUT_OF_DEVICE_MEMORY,
  resource_exhausted = HAL_STATUS_RESOURCE_EXHAUSTED,
  invalid_module = HAL_STATUS_INVALID_MODULE,
  incompatible_target = HAL_STATUS_INCOMPATIBLE_TARGET,
  compilation_failed = HAL_STATUS_COMPILATION_FAILED,
  launch_failed = HAL_STATUS_LAUNCH_FAILED,
  device_lost = HAL_STATUS_DEVICE_LOST,
  incompatible_version = HAL_STATUS_INCOMPATIBLE_VERSION,
  internal = HAL_STATUS_INTERNAL,
  unknown = HAL_STATUS_UNKNOWN,
};

// "out_of_range". A number that is not listed above is "unknown".
std::string_view to_string(status value) noexcept;

}  // namespace hal
