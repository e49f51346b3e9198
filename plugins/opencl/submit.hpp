// A submission: enqueued now, or recorded while the stream is captured.
#pragma once

#include <utility>

#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

// `enqueue(hal_stream &)` gives the work to the stream's queue; it is copied and called again and again when
// it is recorded. `kernel` is a launch's.
template <typename Enqueue>
void submit(hal_stream &on, step_kind kind, const hal_kernel *kernel, Enqueue &&enqueue) {
  if (on.capturing.load(std::memory_order_relaxed)) [[unlikely]] {
    on.capture->steps.push_back({kind, kernel, std::forward<Enqueue>(enqueue)});
    return;
  }
  enqueue(on);
  on.flush();
}

}  // namespace hal::plugins::opencl
