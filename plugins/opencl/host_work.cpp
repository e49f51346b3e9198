#include "plugins/opencl/host_work.hpp"

#include <utility>

#include "plugins/opencl/device.hpp"

namespace hal::plugins::opencl {

host_worker::host_worker(hal_device &device) : device_(device), thread_([this] { run(); }) {}

host_worker::~host_worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void host_worker::add(happening behind, std::function<void()> work, happening gate) {
  {
    const std::lock_guard lock(mutex_);
    ++device_.open_gates;
    tasks_.push_back({std::move(behind), std::move(work), std::move(gate)});
  }
  changed_.notify_one();
}

void host_worker::run() {
  for (;;) {
    task next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      next = std::move(tasks_.front());
      tasks_.pop_front();
    }
    perform(next);
  }
}

void host_worker::perform(task &next) noexcept {
  const driver::entries &api = device_.api;
  const bool is_over = !next.behind || api.wait_for_events(1, &next.behind.native()) == driver::CL_SUCCESS;
  // Another device's failure is not this one's: what only waits for it goes on.
  const bool goes_on = next.work == nullptr || (is_over && !device_.failed.failed());
  if (goes_on && next.work != nullptr) next.work();
  open(next.gate,
       goes_on ? int{driver::complete} : int{driver::CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST});
}

void host_worker::open(const happening &gate, int status) noexcept {
  driver::result result = driver::CL_SUCCESS;
  for (int tries = 0; tries < 3; ++tries) {
    result = device_.api.set_user_event_status(gate.native(), status);
    if (result == driver::CL_SUCCESS) break;
  }
  if (result != driver::CL_SUCCESS) {
    device_.stuck = true;
    const plugin::failure what = vendor_failure(result, "clSetUserEventStatus on " + device_.name);
    device_.failed.set(HAL_STATUS_DEVICE_LOST, what.what(), what.native_code());
  }
  --device_.open_gates;
}

}  // namespace hal::plugins::opencl
