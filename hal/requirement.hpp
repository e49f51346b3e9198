// What a program needs of a device, as data: key, operator, value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hal/device_info.hpp"

namespace hal {

// Keys are those that `halctl show` prints: "memory", "compute_units", "f16", "vendor", "target", "type" ...
struct requirement {
  enum class relation { present, equal, not_equal, less, less_equal, greater, greater_equal, matches };

  std::string key;
  relation op = relation::present;  // present: a flag is set, a number is not 0, a text is not empty
  std::variant<std::uint64_t, std::string> value;  // matches: a pattern with * and ?

  friend bool operator==(const requirement &, const requirement &) = default;
};

using requirements = std::vector<requirement>;

// Whether a device meets them: the first that it does not meet, as a sentence ("memory is 4294967296 B;
// memory>=8589934592 is required"), or nothing. What is not known of a device meets no requirement. Throws
// invalid_argument for a key that does not exist.
std::optional<std::string> unmet(const device_info &info, const requirements &needs);

// Reads "memory>=8GiB", "f16", "vendor==amd", "target~=gfx9*", several separated by commas. Sizes take KiB,
// MiB, GiB, TiB, kB, MB, GB, TB. Throws invalid_argument that names the place.
requirements parse_requirements(std::string_view text);
std::string to_string(const requirement &need);

// Any device that meets all of these.
template <typename... Needs>
requirements any_of(Needs &&...needs) {
  return {requirement(std::forward<Needs>(needs))...};
}

inline requirement memory(std::uint64_t least) {
  return {"memory", requirement::relation::greater_equal, least};
}
inline requirement type(device_type wanted) {
  return {"type", requirement::relation::equal, std::string(to_string(wanted))};
}
inline requirement from_vendor(std::string_view name) {
  return {"vendor", requirement::relation::equal, std::string(name)};
}
inline requirement runs(std::string_view target) {
  return {"target", requirement::relation::matches, std::string(target)};
}

// A key that is either set or not.
struct flag {
  std::string_view key;
  operator requirement() const { return {std::string(key), requirement::relation::present, {}}; }
};

inline constexpr flag f64{"f64"};
inline constexpr flag f32{"f32"};
inline constexpr flag f16{"f16"};
inline constexpr flag bf16{"bf16"};
inline constexpr flag i8{"i8"};

}  // namespace hal
