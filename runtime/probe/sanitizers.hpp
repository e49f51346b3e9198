// A sanitizer's runtime must leave signals as they are: how a plugin crashed is what the parent wants to
// know. Nothing in a build without sanitizers.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

#define HAL_PROBE_SANITIZER_OPTIONS                                                              \
  "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:detect_leaks=0:" \
  "use_sigaltstack=0"

extern "C" const char *__asan_default_options();
extern "C" const char *__asan_default_options() {
  return HAL_PROBE_SANITIZER_OPTIONS;
}
extern "C" const char *__tsan_default_options();
extern "C" const char *__tsan_default_options() {
  return HAL_PROBE_SANITIZER_OPTIONS;
}

#endif
