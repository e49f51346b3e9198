// What the tests of the compiler share.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "hal/bundle.hpp"
#include "hal/error.hpp"
#include "runtime/compile/compile.hpp"
#include "runtime/compile/toolchain.hpp"

namespace compile_test {

#if defined(__aarch64__)
inline constexpr const char *own_target = "aarch64";
#elif defined(__riscv)
inline constexpr const char *own_target = "riscv64";
#else
inline constexpr const char *own_target = "x86-64";
#endif

// What this machine runs: without the vector instructions that are not everywhere, and with them.
inline std::vector<const char *> own_targets() {
  std::vector<const char *> all = {own_target};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back("x86-64-v3");
#endif
  return all;
}

// False where there is no compiler, which is said.
inline bool has_compiler(const char *what) {
  try {
    const hal::rt::toolchain found = hal::rt::toolchain::find();
    found.need(hal::rt::parse_compile_target(own_target));
    return true;
  } catch (const hal::error &missing) {
    MESSAGE("skipped ", std::string(what), ": ", std::string(missing.what()));
    return false;
  }
}

inline hal::rt::compile_request request_for(const std::string &source, const std::string &targets) {
  hal::rt::compile_request request;
  request.sources = {std::string(HAL_TEST_SOURCES "/") + source};
  request.targets = hal::rt::parse_compile_targets(targets);
  return request;
}

inline hal::bundle made(const hal::rt::compile_request &request) {
  hal::rt::compile_result result = hal::rt::compile(request);
  for (const hal::rt::compile_failure &failed : result.failures) FAIL(failed.target, ": ", failed.message);
  return hal::bundle::from_memory(result.bundle.bytes());
}

}  // namespace compile_test
