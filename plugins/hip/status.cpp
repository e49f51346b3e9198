#include "plugins/hip/status.hpp"

#include <fmt/format.h>

namespace hal::plugins::hip {
namespace {

// The runtime's own words for a code; empty when it has none.
std::string_view runtime_text(const char *(*ask)(driver::result), driver::result result) {
  const char *text = ask == nullptr ? nullptr : ask(result);
  return text == nullptr ? "" : text;
}

}  // namespace

hal_status to_status(driver::result result) noexcept {
  switch (result) {
#define HAL_HIP_RESULT(name, number, status, since) \
  case driver::name:                                \
    return status;
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
  }
  return HAL_STATUS_UNKNOWN;
}

std::string_view name_of(driver::result result) noexcept {
  switch (result) {
#define HAL_HIP_RESULT(name, number, status, since) \
  case driver::name:                                \
    return #name;
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
  }
  return "a code that this plugin does not know";
}

bool ends_device(driver::result result) noexcept {
  const hal_status status = to_status(result);
  return status == HAL_STATUS_LAUNCH_FAILED || status == HAL_STATUS_DEVICE_LOST;
}

void forget_last_error(const api &api) noexcept {
  if (api.get_last_error != nullptr) api.get_last_error();
}

plugin::failure vendor_failure(const api &api, driver::result result, std::string_view call) {
  std::string_view name = name_of(result);
  if (to_status(result) == HAL_STATUS_UNKNOWN) {
    const std::string_view told = runtime_text(api.get_error_name, result);
    if (!told.empty()) name = told;
  }
  const std::string_view text = runtime_text(api.get_error_string, result);
  forget_last_error(api);
  return {to_status(result),
          fmt::format("{} failed: {} ({}){}{}.", call, name, static_cast<int>(result),
                      text.empty() ? "" : ": ", text),
          result};
}

void check(const api &api, driver::result result, std::string_view call) {
  if (result != driver::hipSuccess) [[unlikely]]
    throw vendor_failure(api, result, call);
}

}  // namespace hal::plugins::hip
