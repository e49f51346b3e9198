#include "plugins/level_zero/host_queue.hpp"

#include "plugins/level_zero/device.hpp"
#include "plugins/level_zero/wait.hpp"

namespace hal::plugins::level_zero {

host_queue::host_queue(hal_device &device) : device_(device), thread_([this] { serve(); }) {}

host_queue::~host_queue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void host_queue::push(std::list<host_work> &&work) noexcept {
  {
    const std::lock_guard lock(mutex_);
    waiting_.splice(waiting_.end(), work);
  }
  changed_.notify_one();
}

void host_queue::serve() noexcept {
  std::list<host_work> now;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      now.splice(now.end(), waiting_, waiting_.begin());
    }
    run(now.front());
    now.clear();
  }
}

void host_queue::run(const host_work &work) noexcept {
  try {
    wait_for(device_, *work.after, HAL_NO_TIMEOUT);
    if (work.function != nullptr) work.function(work.user);
  } catch (...) {
    // The device has failed and says so to everybody: the function is not called.
  }
  // The stream goes on in any case, so that everything that waits for it ends.
  constexpr int tries = 3;
  driver::result signalled = driver::ZE_RESULT_NOT_READY;
  for (int i = 0; i < tries && signalled != driver::ZE_RESULT_SUCCESS; ++i)
    signalled = device_.api.event_host_signal(work.done->native);
  if (signalled != driver::ZE_RESULT_SUCCESS)
    device_.fail_for_good(signalled, "zeEventHostSignal behind a host function");
}

}  // namespace hal::plugins::level_zero
