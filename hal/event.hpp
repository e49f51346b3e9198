// Events: points in streams that others wait for, with the device's time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "hal/detail/device_state.hpp"

namespace hal {

struct event_options {
  bool timing = false;  // elapsed() will be asked for
};

namespace detail {
// Nanoseconds for the boundary: what is negative waits no time, what is too long waits for ever.
template <typename Rep, typename Period>
std::uint64_t timeout_of(std::chrono::duration<Rep, Period> timeout) noexcept {
  if (timeout <= timeout.zero()) return 0;
  const std::chrono::duration<double, std::nano> nanoseconds = timeout;
  return nanoseconds.count() >= 9.2e18 ? HAL_NO_TIMEOUT : static_cast<std::uint64_t>(nanoseconds.count());
}
}  // namespace detail

// Recorded by one thread at a time; waited for by any number.
class event {
 public:
  event() = default;
  event(std::shared_ptr<const detail::device_state> device, hal_event *handle) noexcept
      : table_(device->table), handle_(handle), device_(std::move(device)) {}
  event(event &&other) noexcept
      : table_(std::exchange(other.table_, &detail::empty_table)),
        handle_(std::exchange(other.handle_, nullptr)),
        device_(std::move(other.device_)) {}
  event &operator=(event &&other) noexcept {
    event(std::move(other)).swap(*this);
    return *this;
  }
  ~event();

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  // Whether what it stands for has finished; also when it was never recorded. Throws when the device failed.
  bool ready() const {
    detail::error_record error;
    const hal_status status = table_->event_query(handle_, error.get());
    if (status == HAL_STATUS_NOT_READY) return false;
    detail::check(status, error, device_.get());
    return true;
  }

  void synchronize() const {
    detail::error_record error;
    detail::check(table_->event_synchronize(handle_, HAL_NO_TIMEOUT, error.get()), error, device_.get());
  }

  // Whether it finished in time.
  template <typename Rep, typename Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
    detail::error_record error;
    const hal_status status = table_->event_synchronize(handle_, detail::timeout_of(timeout), error.get());
    if (status == HAL_STATUS_TIMED_OUT) return false;
    detail::check(status, error, device_.get());
    return true;
  }

  hal_event *handle() const noexcept { return handle_; }
  const std::shared_ptr<const detail::device_state> &state() const noexcept { return device_; }

  void swap(event &other) noexcept {
    std::swap(table_, other.table_);
    std::swap(handle_, other.handle_);
    std::swap(device_, other.device_);
  }

 private:
  const hal_device_table *table_ = &detail::empty_table;
  hal_event *handle_ = nullptr;
  std::shared_ptr<const detail::device_state> device_;
};

// Time on the device from `start` to `end`, negative when they happened the other way round. Both were made
// with timing, recorded and have happened.
std::chrono::nanoseconds elapsed(const event &start, const event &end);

}  // namespace hal
