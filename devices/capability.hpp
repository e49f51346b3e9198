// The capability model: one table of everything that can be asked of a device, by name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hal/device_info.hpp"

namespace hal::devices {

// A flag is true or false; 0 and empty mean "not known". A list holds when one of its members does.
using capability_value = std::variant<bool, std::uint64_t, std::string, std::vector<std::string>>;

struct capability {
  std::string_view key;      // "memory", "f16"; what requirements and `halctl show` use
  std::string_view group;    // heading for people: "identity", "memory" ...
  std::string_view unit;     // "B", "B/s", "Hz", "op/s" or empty
  std::string_view meaning;  // a phrase
  capability_value (*read)(const device_info &);
};

// In the order in which people read them.
std::span<const capability> capabilities() noexcept;

// nullptr when there is no such key.
const capability *find_capability(std::string_view key) noexcept;

// Whether text matches a pattern with * (any run) and ? (any one character).
bool matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace hal::devices
