// Work for the host in stream order: a thread of a stream's own, made when it is first needed.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "hal/abi/objects.h"
#include "plugins/level_zero/context.hpp"

namespace hal::plugins::level_zero {

struct host_work {
  std::shared_ptr<shared_context>
      after_home;                        // of `after`, which it outlives, when that is another context's
  mark_ref after;                        // what it waits for
  hal_host_function function = nullptr;  // NULL: only the wait
  void *user = nullptr;
  mark_ref done;  // signalled when it was called, or when the device has failed and it is not called
};

class host_queue {
 public:
  // Starts the thread.
  explicit host_queue(hal_device &device);
  // Does what is left, then ends the thread.
  ~host_queue();
  host_queue(const host_queue &) = delete;
  host_queue &operator=(const host_queue &) = delete;

  // Takes the one element of `work`.
  void push(std::list<host_work> &&work) noexcept;

 private:
  void serve() noexcept;
  void run(const host_work &work) noexcept;

  hal_device &device_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<host_work> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace hal::plugins::level_zero
