// Text from plugins, made fit for a terminal and for JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hal::devices {

// Control characters and bytes that are not UTF-8 become '?'.
std::string printable(std::string_view text);

// The same of a fixed array, which ends at its first zero or, without one, with the array.
template <std::size_t Room>
std::string printable(const char (&text)[Room]) {
  const std::string_view whole(text, Room);
  return printable(whole.substr(0, whole.find('\0')));
}

}  // namespace hal::devices
