#include "tests/unit/runtime/secure_mode.hpp"

#include <atomic>
#include <cstdlib>

namespace {
std::atomic<bool> secure = false;
}

// Takes the place of the C library's, for this program's own code.
extern "C" char *secure_getenv(const char *name) noexcept {
  return secure ? nullptr : std::getenv(name);
}

namespace hal::test {

secure_mode::secure_mode() noexcept {
  secure = true;
}
secure_mode::~secure_mode() {
  secure = false;
}

}  // namespace hal::test
