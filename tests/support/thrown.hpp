// What a call throws, as a value to look at.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "hal/error.hpp"

namespace hal::test {

// The hal::error that `call` throws; fails the test when it throws nothing. Other exceptions pass through.
template <typename Call>
error thrown(Call &&call) {
  std::optional<error> caught;
  try {
    call();
  } catch (const error &what) {
    caught = what;
  }
  REQUIRE_MESSAGE(caught.has_value(), "nothing was thrown");
  return *caught;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace hal::test

// The sentence `text` names `part`; both are shown when it does not.
#define CHECK_NAMES(text, part) \
  CHECK_MESSAGE(hal::test::contains(text, part), "'" << (part) << "' is not in: " << (text))
