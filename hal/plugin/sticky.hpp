// The first asynchronous failure of a device, which every later submission, wait and allocation answers with.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

class sticky_failure {
 public:
  // Keeps the first cause; later ones are its consequences.
  void set(hal_status status, std::string message, std::int64_t native_code = 0) {
    const std::lock_guard lock(mutex_);
    if (failed_.load(std::memory_order_relaxed)) return;
    status_ = status;
    native_code_ = native_code;
    message_ = std::move(message);
    failed_.store(true, std::memory_order_release);
  }

  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }

  // Throws the first cause, if there is one. One relaxed-cost load when there is none.
  void check() const {
    if (failed()) [[unlikely]]
      throw failure(status_, message_, native_code_);
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
  hal_status status_ = HAL_STATUS_OK;
  std::int64_t native_code_ = 0;
  std::string message_;
};

}  // namespace hal::plugin
