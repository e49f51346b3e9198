// A device's universally unique identifier. A value type that every layer may use.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hal {

struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const uuid &, const uuid &) = default;
};

// "8-4-4-4-12" in lower case, most significant byte first.
std::string to_string(const uuid &value);

// Reads 8-4-4-4-12 hexadecimal digits in either case, with or without a vendor's prefix of letters and a dash
// ("GPU-", "MIG-"). Never throws.
std::optional<uuid> parse_uuid(std::string_view text) noexcept;

}  // namespace hal
