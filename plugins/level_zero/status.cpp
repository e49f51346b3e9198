#include "plugins/level_zero/status.hpp"

#include <fmt/format.h>

namespace hal::plugins::level_zero {

hal_status to_status(driver::result result) noexcept {
  switch (result) {
#define HAL_LEVEL_ZERO_RESULT(name, number, status, since) \
  case driver::name:                                       \
    return status;
#include "plugins/level_zero/results.inc"
#undef HAL_LEVEL_ZERO_RESULT
  }
  return HAL_STATUS_UNKNOWN;
}

std::string_view name_of(driver::result result) noexcept {
  switch (result) {
#define HAL_LEVEL_ZERO_RESULT(name, number, status, since) \
  case driver::name:                                       \
    return #name;
#include "plugins/level_zero/results.inc"
#undef HAL_LEVEL_ZERO_RESULT
  }
  return "a code that this plugin does not know";
}

bool ends_device(driver::result result) noexcept {
  return to_status(result) == HAL_STATUS_DEVICE_LOST;
}

plugin::failure vendor_failure(driver::result result, std::string_view call) {
  return {to_status(result),
          fmt::format("{} failed: {} ({:#x}).", call, name_of(result), static_cast<unsigned>(result)),
          static_cast<unsigned>(result)};
}

void check(driver::result result, std::string_view call) {
  if (result != driver::ZE_RESULT_SUCCESS) [[unlikely]]
    throw vendor_failure(result, call);
}

}  // namespace hal::plugins::level_zero
