// Text for people: widths, cutting, units, near names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hal::ctl {

// What a terminal may be given: control characters and bytes that are no UTF-8 become '?', line ends and tabs
// a space.
std::string printable(std::string_view text);

// Characters of printable text; each is taken for one column.
std::size_t width(std::string_view text) noexcept;

// The text, or as much of its beginning as fits with an ellipsis behind it.
std::string cut(std::string_view text, std::size_t columns);

// Lines of at most that many columns, broken at spaces; every line after the first begins with `indent`
// spaces. A word that is longer than a line stays whole.
std::string wrap(std::string_view text, std::size_t columns, std::size_t indent);

// "79.6 GiB", "512 B".
std::string human_bytes(std::uint64_t bytes);
// "3.35 TB/s", "1.98 GHz": powers of 1000 and the unit.
std::string human_decimal(double value, std::string_view unit);
// "1.25 ms".
std::string human_seconds(double seconds);
// A number with a unit as in devices/capability.hpp: "79.6 GiB (85520809984 B)"; the exact value alone where
// that says as much.
std::string human_and_exact(std::uint64_t value, std::string_view unit);

// "12 MiB", "4096", "1.5GiB": bytes. Throws hal::error, invalid_argument, that names the text.
std::uint64_t parse_size(std::string_view text);

}  // namespace hal::ctl
