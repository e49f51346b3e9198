// Level Zero's entries, found by name in libze_loader.so.1 when the first probe needs them, so that this
// plugin loads on machines without Intel's software and can say what is missing.
#pragma once

#include "hal/plugin/ending.hpp"
#include "plugins/level_zero/driver.hpp"

struct hal_device;

namespace hal::plugins::level_zero {

namespace driver {
template <typename Function>
struct entry_of;
template <typename... Parameters>
struct entry_of<void(Parameters...)> {
  using type = result (*)(Parameters...);
};

// Every member is set, except that an optional entry may be NULL.
struct entries {
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) \
  entry_of<void parameters>::type member = nullptr;
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
};
}  // namespace driver

using ending = plugin::ending<hal_device, driver::result>;

struct api : driver::entries {
  // Loads the loader and finds the entries. Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text when
  // there is none, HAL_STATUS_INCOMPATIBLE_VERSION when it lacks an entry of specification 1.0.
  api();

  // Sysman of specification 1.5, which has devices of its own and wants no environment variable.
  bool has_own_sysman() const noexcept {
    return sysman_init != nullptr && sysman_driver_get != nullptr && sysman_device_get != nullptr &&
           sysman_device_get_properties != nullptr;
  }
};

// The loaded entries. The first call loads them; when it throws, the next one tries again.
const api &vendor();

}  // namespace hal::plugins::level_zero
