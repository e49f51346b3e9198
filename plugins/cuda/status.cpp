#include "plugins/cuda/status.hpp"

#include <fmt/format.h>

namespace hal::plugins::cuda {
namespace {

// The driver's own words for a code; empty when it has none.
std::string_view driver_text(driver::result (*ask)(driver::result, const char **), driver::result result) {
  const char *text = nullptr;
  if (ask == nullptr || ask(result, &text) != driver::CUDA_SUCCESS || text == nullptr) return {};
  return text;
}

}  // namespace

hal_status to_status(driver::result result) noexcept {
  switch (result) {
#define HAL_CUDA_RESULT(name, number, status, since) \
  case driver::name:                                 \
    return status;
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
  }
  return HAL_STATUS_UNKNOWN;
}

std::string_view name_of(driver::result result) noexcept {
  switch (result) {
#define HAL_CUDA_RESULT(name, number, status, since) \
  case driver::name:                                 \
    return #name;
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
  }
  return "a code that this plugin does not know";
}

bool ends_device(driver::result result) noexcept {
  const hal_status status = to_status(result);
  return status == HAL_STATUS_LAUNCH_FAILED || status == HAL_STATUS_DEVICE_LOST;
}

plugin::failure vendor_failure(const api &api, driver::result result, std::string_view call) {
  std::string_view name = name_of(result);
  if (to_status(result) == HAL_STATUS_UNKNOWN) {
    const std::string_view told = driver_text(api.get_error_name, result);
    if (!told.empty()) name = told;
  }
  const std::string_view text = driver_text(api.get_error_string, result);
  return {to_status(result),
          fmt::format("{} failed: {} ({}){}{}.", call, name, static_cast<int>(result),
                      text.empty() ? "" : ": ", text),
          result};
}

void check(const api &api, driver::result result, std::string_view call) {
  if (result != driver::CUDA_SUCCESS) [[unlikely]]
    throw vendor_failure(api, result, call);
}

}  // namespace hal::plugins::cuda
