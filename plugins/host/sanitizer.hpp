// What ThreadSanitizer must be told: oneTBB comes from the distribution without instrumentation, so the order
// that it makes between threads is invisible.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define HAL_HOST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAL_HOST_TSAN 1
#endif
#endif

#ifdef HAL_HOST_TSAN
extern "C" {
void __tsan_acquire(void *address);
void __tsan_release(void *address);
}
#endif

namespace hal::plugins::host {

// Everything before released(x) on one thread comes before everything after acquired(x) on another.
inline void acquired([[maybe_unused]] void *address) noexcept {
#ifdef HAL_HOST_TSAN
  __tsan_acquire(address);
#endif
}

inline void released([[maybe_unused]] void *address) noexcept {
#ifdef HAL_HOST_TSAN
  __tsan_release(address);
#endif
}

}  // namespace hal::plugins::host
