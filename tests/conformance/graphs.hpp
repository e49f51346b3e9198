// Owners for graphs and what launches them, and a place to record them.
#pragma once

#include <utility>
#include <vector>

#include "tests/conformance/fixture.hpp"

namespace conformance {

class graph {
 public:
  // Records what `submit` puts onto the stream.
  template <typename Submit>
  graph(hal_stream *on, hal_device *device, Submit &&submit) : device_(device) {
    require_ok(call(table().graph_begin_capture, on));
    submit();
    require_ok(call(table().graph_end_capture, on, &handle_));
    if (handle_ == nullptr) FAIL("graph_end_capture answered OK, but gave no graph");
  }
  ~graph() {
    if (handle_ != nullptr) expect_ok(call(table().graph_destroy, device_, handle_));
  }
  graph(const graph &) = delete;
  graph &operator=(const graph &) = delete;

  operator hal_graph *() const { return handle_; }
  hal_graph *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_graph *handle_ = nullptr;
};

class executable {
 public:
  executable(hal_device *device, hal_graph *from) : device_(device) {
    require_ok(call(table().graph_instantiate, device, from, &handle_));
    if (handle_ == nullptr) FAIL("graph_instantiate answered OK, but gave nothing to launch");
  }
  ~executable() {
    if (handle_ != nullptr) expect_ok(call(table().graph_executable_destroy, device_, handle_));
  }
  executable(const executable &) = delete;
  executable &operator=(const executable &) = delete;

  operator hal_graph_executable *() const { return handle_; }
  hal_graph_executable *release() { return std::exchange(handle_, nullptr); }

 private:
  hal_device *device_;
  hal_graph_executable *handle_ = nullptr;
};

inline answer run(hal_graph_executable *ready, hal_stream *on) {
  return call(table().graph_launch, ready, on);
}

inline std::vector<std::uint8_t> all(std::uint8_t value, std::size_t count = 256) {
  return std::vector<std::uint8_t>(count, value);
}

// A device with a stream and two memories of 256 bytes.
struct bench {
  opened_device device;
  stream on{device};
  buffer first{device, 256};
  buffer second{device, 256};

  bench() {
    fill(on, first, 0);
    fill(on, second, 0);
    finish(on);
  }
};

}  // namespace conformance
