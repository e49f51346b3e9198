// Compiled without sanitizers: half of oneTBB is in its headers, the other half is not instrumented.
#include "plugins/host/parallel.hpp"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>
#include <pthread.h>

#ifdef HAL_HOST_TSAN
extern "C" {
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);
}
#endif

namespace hal::plugins::host {
namespace {

// ThreadSanitizer sees the memset and memcpy also of code that is not instrumented. While the thread that
// hands out work is inside of oneTBB, and not in the work itself, it looks away.
class inside_scheduler {
 public:
  inside_scheduler() noexcept { enter(); }
  ~inside_scheduler() { leave(); }
  inside_scheduler(const inside_scheduler &) = delete;
  inside_scheduler &operator=(const inside_scheduler &) = delete;

  void call(void (*function)(void *, unsigned) noexcept, void *context, unsigned index) const noexcept {
    const bool outside = pthread_equal(pthread_self(), thread_) == 0;
    if (!outside) leave();
    function(context, index);
    if (!outside) enter();
  }

 private:
  static void enter() noexcept {
#ifdef HAL_HOST_TSAN
    __tsan_ignore_thread_begin();
#endif
  }
  static void leave() noexcept {
#ifdef HAL_HOST_TSAN
    __tsan_ignore_thread_end();
#endif
  }

  const pthread_t thread_ = pthread_self();
};

}  // namespace

struct parallel::arena {
  explicit arena(unsigned width) : tasks(static_cast<int>(width), 1) {}
  oneapi::tbb::task_arena tasks;
};

parallel::parallel(unsigned width) noexcept : width_(width) {}

parallel::~parallel() {
  const inside_scheduler scheduler;
  arena_.reset();
}

void parallel::run_each(unsigned count, void (*function)(void *, unsigned) noexcept, void *context) {
  const inside_scheduler scheduler;
  if (arena_ == nullptr) arena_ = std::make_unique<arena>(width_);
  arena_->tasks.execute([&] {
    oneapi::tbb::parallel_for(
        0u, count, [&](unsigned index) { scheduler.call(function, context, index); },
        oneapi::tbb::static_partitioner());
  });
}

}  // namespace hal::plugins::host
