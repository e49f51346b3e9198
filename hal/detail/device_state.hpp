// What every object of one opened device shares. Not for users: the layout may change with any version of the
// library.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hal/abi/plugin.h"
#include "hal/device_info.hpp"

namespace hal::detail {

// Whoever holds one holds the device open and its plugin's code loaded.
struct device_state {
  const hal_device_table *table = nullptr;  // complete: no entry is NULL
  const hal_plugin *plugin = nullptr;       // complete likewise
  hal_device *handle = nullptr;
  device_info info;
  std::shared_ptr<const void> code;  // keeps the plugin and its host record
  std::string cache;                 // folder for what the device's compiler makes; empty: nothing is kept

  device_state() = default;
  device_state(const device_state &) = delete;
  device_state &operator=(const device_state &) = delete;
  // Closes the device. Nothing made from it lives any more, so a failure could only be the driver's, and is
  // dropped.
  ~device_state();
};

// A table whose every entry answers HAL_STATUS_INVALID_HANDLE. Objects that were moved from or never filled
// point to it, so that the hot calls need no check of their own.
extern const hal_device_table empty_table;

// Throws hal::error with what the plugin said. `device` may be null.
[[noreturn]] void raise(hal_status status, const hal_error &error, const device_state *device);

// An error record for the stack of a hot call: without an initialisation of the whole text.
struct error_record {
  hal_error record;
  error_record() noexcept {  // NOLINT: the text is written on failure
    record.struct_size = sizeof record;
    record.status = HAL_STATUS_OK;
    record.message[0] = '\0';
  }
  hal_error *get() noexcept { return &record; }
};

inline void check(hal_status status, const error_record &error, const device_state *device) {
  if (status != HAL_STATUS_OK) [[unlikely]]
    raise(status, error.record, device);
}

}  // namespace hal::detail
