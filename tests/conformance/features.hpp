// Leaving out what a device does not claim: unsupported by nature is a skip, but only after the device has
// kept its word and answers HAL_STATUS_UNSUPPORTED.
#pragma once

#include <cstdint>
#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

// True: the device lacks `feature` (one HAL_FEATURE_ bit). Its entries were called and judged, the skip is
// recorded, and the case returns.
bool skip_without(std::uint64_t feature, const char *file = __builtin_FILE(), int line = __builtin_LINE());

// True: an optional entry that no feature bit announces is NULL.
template <typename Entry>
bool skip_without_entry(Entry entry, const char *name);

void record_skip(const std::string &reason);

template <typename Entry>
bool skip_without_entry(Entry entry, const char *name) {
  if (entry != nullptr) return false;
  record_skip(std::string("the plugin leaves out ") + name);
  return true;
}

// True: an optional entry answered HAL_STATUS_UNSUPPORTED to a call that its page allows it to refuse.
bool skip_unsupported(const answer &given, const char *name);

}  // namespace conformance
