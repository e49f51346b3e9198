#include "plugins/opencl/status.hpp"

#include <fmt/format.h>

namespace hal::plugins::opencl {

hal_status to_status(driver::result result) noexcept {
  switch (result) {
#define HAL_OPENCL_RESULT(name, number, status) \
  case driver::name:                            \
    return status;
#include "plugins/opencl/results.inc"
#undef HAL_OPENCL_RESULT
  }
  return HAL_STATUS_UNKNOWN;
}

std::string_view name_of(driver::result result) noexcept {
  switch (result) {
#define HAL_OPENCL_RESULT(name, number, status) \
  case driver::name:                            \
    return #name;
#include "plugins/opencl/results.inc"
#undef HAL_OPENCL_RESULT
  }
  return "a code that this plugin does not know";
}

bool ends_device(driver::result result) noexcept {
  const hal_status status = to_status(result);
  return status == HAL_STATUS_LAUNCH_FAILED || status == HAL_STATUS_DEVICE_LOST;
}

plugin::failure vendor_failure(driver::result result, std::string_view call) {
  return {to_status(result),
          fmt::format("{} failed: {} ({}).", call, name_of(result), static_cast<int>(result)), result};
}

void check(driver::result result, std::string_view call) {
  if (result != driver::CL_SUCCESS) [[unlikely]]
    throw vendor_failure(result, call);
}

}  // namespace hal::plugins::opencl
