// Graphs: work recorded once and launched many times.
#pragma once

#include <memory>
#include <utility>

#include "hal/detail/device_state.hpp"

namespace hal {

// Recorded work, from stream::capture.
class graph {
 public:
  graph() = default;
  graph(std::shared_ptr<const detail::device_state> device, hal_graph *handle) noexcept
      : device_(std::move(device)), handle_(handle) {}
  graph(graph &&other) noexcept
      : device_(std::move(other.device_)), handle_(std::exchange(other.handle_, nullptr)) {}
  graph &operator=(graph &&other) noexcept {
    graph(std::move(other)).swap(*this);
    return *this;
  }
  ~graph();

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  hal_graph *handle() const noexcept { return handle_; }
  const std::shared_ptr<const detail::device_state> &state() const noexcept { return device_; }

  void swap(graph &other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
  }

 private:
  std::shared_ptr<const detail::device_state> device_;
  hal_graph *handle_ = nullptr;
};

// A graph made ready by its device. Launched by stream::launch; by one thread at a time while it is being
// updated.
class graph_executable {
 public:
  graph_executable() = default;
  explicit graph_executable(const graph &recorded);
  graph_executable(graph_executable &&other) noexcept
      : device_(std::move(other.device_)), handle_(std::exchange(other.handle_, nullptr)) {}
  graph_executable &operator=(graph_executable &&other) noexcept {
    graph_executable(std::move(other)).swap(*this);
    return *this;
  }
  ~graph_executable();

  // Takes arguments, addresses and sizes from a graph of the same operations and kernels. Throws
  // invalid_argument when they differ in more, and nothing has changed then.
  void update(const graph &recorded);

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  hal_graph_executable *handle() const noexcept { return handle_; }

  void swap(graph_executable &other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
  }

 private:
  std::shared_ptr<const detail::device_state> device_;
  hal_graph_executable *handle_ = nullptr;
};

}  // namespace hal
