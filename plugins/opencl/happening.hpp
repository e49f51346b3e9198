// OpenCL's events as owned values: what one command, and with it everything before it in its queue, has come
// to.
#pragma once

#include <utility>

#include "plugins/opencl/api.hpp"

namespace hal::plugins::opencl {

// Holds one reference, or nothing, which stands for what is over.
class happening {
 public:
  happening() = default;
  // Takes the caller's reference over.
  happening(const driver::entries &api, driver::event event) noexcept : api_(&api), event_(event) {}
  happening(const happening &other) noexcept : api_(other.api_), event_(other.event_) {
    if (event_ != nullptr) api_->retain_event(event_);
  }
  happening(happening &&other) noexcept : api_(other.api_), event_(std::exchange(other.event_, nullptr)) {}
  happening &operator=(happening other) noexcept {
    std::swap(api_, other.api_);
    std::swap(event_, other.event_);
    return *this;
  }
  ~happening() {
    if (event_ != nullptr) api_->release_event(event_);
  }

  explicit operator bool() const noexcept { return event_ != nullptr; }
  const driver::event &native() const noexcept { return event_; }

  // CL_SUCCESS and in `status` the execution status, or why that cannot be told.
  driver::result ask(int &status) const noexcept {
    status = driver::complete;
    if (event_ == nullptr) return driver::CL_SUCCESS;
    return api_->get_event_info(event_, driver::event_execution_status, sizeof status, &status, nullptr);
  }

 private:
  const driver::entries *api_ = nullptr;
  driver::event event_ = nullptr;
};

}  // namespace hal::plugins::opencl
