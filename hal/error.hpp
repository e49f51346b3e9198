// What every failing operation of the HAL throws.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "hal/status.hpp"

namespace hal {

// what() is a full sentence that names what failed, with which values; status() is what a program decides by.
class error : public std::runtime_error {
 public:
  error(hal::status code, const std::string &message, std::string device = {}, std::int64_t native_code = 0)
      : std::runtime_error(message), status_(code), native_code_(native_code), device_(std::move(device)) {}

  hal::status status() const noexcept { return status_; }
  // The code of the API below (CUresult, errno ...); 0 when there is none.
  std::int64_t native_code() const noexcept { return native_code_; }
  // The device's selector ("host:0"); empty when no device is concerned.
  const std::string &device() const noexcept { return device_; }

 private:
  hal::status status_;
  std::int64_t native_code_;
  std::string device_;
};

}  // namespace hal
