#include "hal/status.hpp"

namespace hal {

std::string_view to_string(status value) noexcept {
  switch (value) {
    case status::ok:
      return "ok";
    case status::not_ready:
      return "not_ready";
    case status::timed_out:
      return "timed_out";
    case status::unsupported:
      return "unsupported";
    case status::unavailable:
      return "unavailable";
    case status::invalid_argument:
      return "invalid_argument";
    case status::invalid_handle:
      return "invalid_handle";
    case status::out_of_range:
      return "out_of_range";
    case status::invalid_state:
      return "invalid_state";
    case status::busy:
      return "busy";
    case status::not_found:
      return "not_found";
    case status::permission_denied:
      return "permission_denied";
    case status::out_of_host_memory:
      return "out_of_host_memory";
    case status::out_of_device_memory:
      return "out_of_device_memory";
    case status::resource_exhausted:
      return "resource_exhausted";
    case status::invalid_module:
      return "invalid_module";
    case status::incompatible_target:
      return "incompatible_target";
    case status::compilation_failed:
      return "compilation_failed";
    case status::launch_failed:
      return "launch_failed";
    case status::device_lost:
      return "device_lost";
    case status::incompatible_version:
      return "incompatible_version";
    case status::internal:
      return "internal";
    case status::unknown:
      break;
  }
  return "unknown";
}

}  // namespace hal
