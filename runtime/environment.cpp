#include "runtime/environment.hpp"

#include <cstdlib>

namespace hal::rt {

std::optional<std::string> environment(const char *name) {
  const char *value = ::secure_getenv(name);
  if (value == nullptr) return {};
  return value;
}

}  // namespace hal::rt
