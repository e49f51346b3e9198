#include "hal/version.hpp"

namespace hal {

std::string_view version() noexcept {
  return HAL_VERSION;
}

}  // namespace hal
