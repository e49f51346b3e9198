// Work of the host's in the order of a stream: a thread that waits for what is before it, does it, and lets
// the stream go on. Not a callback of the driver's: those share a thread, and one that is held would hold all
// streams.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "hal/abi/objects.h"
#include "plugins/opencl/happening.hpp"

namespace hal::plugins::opencl {

class host_worker {
 public:
  explicit host_worker(hal_device &device);
  // What it was given is done first; it ends as the work before it does.
  ~host_worker();
  host_worker(const host_worker &) = delete;
  host_worker &operator=(const host_worker &) = delete;

  // Does `work` once `behind` is over, unless the device has failed, and then completes `gate`, a user event.
  // What was given earlier comes earlier.
  void add(happening behind, std::function<void()> work, happening gate);

 private:
  struct task {
    happening behind;
    std::function<void()> work;
    happening gate;
  };
  void run();
  void perform(task &next) noexcept;
  void open(const happening &gate, int status) noexcept;

  hal_device &device_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<task> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace hal::plugins::opencl
