#include "runtime/halctl/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "hal/error.hpp"

namespace hal::ctl {
namespace {

constexpr std::string_view ellipsis = "\xe2\x80\xa6";

bool continues(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Bytes of the character at the front of the text; 0 when it is not well-formed UTF-8.
std::size_t character(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), continues)) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

// The C1 control characters are two bytes in UTF-8, and terminals obey them.
bool is_control(std::string_view c) noexcept {
  const auto lead = static_cast<unsigned char>(c[0]);
  if (c.size() == 1) return lead < 0x20 || lead == 0x7f;
  return c.size() == 2 && lead == 0xc2 && static_cast<unsigned char>(c[1]) < 0xa0;
}

// Three significant digits are enough for people.
std::string scaled(double value) {
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

struct size_unit {
  std::string_view name;
  double bytes;
};

constexpr size_unit size_units[] = {
    {"", 1},         {"B", 1},      {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30},
    {"TiB", 0x1p40}, {"K", 0x1p10}, {"M", 0x1p20},   {"G", 0x1p30},   {"T", 0x1p40},
    {"kB", 1e3},     {"MB", 1e6},   {"GB", 1e9},     {"TB", 1e12},
};

[[noreturn]] void refuse_size(std::string_view text) {
  throw error(
      status::invalid_argument,
      fmt::format("'{}' is no size: a size is a number of bytes, alone or with KiB, MiB, GiB, TiB, kB, "
                  "MB, GB or TB.",
                  text));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = character(text);
    const std::string_view c = text.substr(0, std::max<std::size_t>(length, 1));
    if (c == "\n" || c == "\t" || c == "\r") {
      shown += ' ';
    } else if (length == 0 || is_control(c)) {
      shown += '?';
    } else {
      shown += c;
    }
    text.remove_prefix(c.size());
  }
  return shown;
}

std::size_t width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t end = 0;
  for (std::size_t left = columns - 1; left > 0; --left) {
    ++end;
    while (end < text.size() && continues(text[end])) ++end;
  }
  return std::string(text.substr(0, end)).append(ellipsis);
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string lines;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (used != 0 && used + 1 + width(word) > columns) {
      lines.append("\n").append(indent, ' ');
      used = indent;
    } else if (used != 0) {
      lines += ' ';
      ++used;
    }
    lines += word;
    used += width(word);
  }
  return lines;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1023.5 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{} {}", scaled(value), units[unit]);
}

std::string human_decimal(double value, std::string_view unit) {
  constexpr std::array<std::string_view, 7> prefixes = {"", "k", "M", "G", "T", "P", "E"};
  std::size_t prefix = 0;
  for (; value >= 999.5 && prefix + 1 < prefixes.size(); ++prefix) value /= 1000;
  return fmt::format("{} {}{}", scaled(value), prefixes[prefix], unit);
}

std::string human_seconds(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{} us", scaled(seconds * 1e6));
  if (seconds < 1) return fmt::format("{} ms", scaled(seconds * 1e3));
  return fmt::format("{} s", scaled(seconds));
}

std::string human_and_exact(std::uint64_t value, std::string_view unit) {
  const std::string exact = unit.empty() ? std::to_string(value) : fmt::format("{} {}", value, unit);
  if (unit == "B" && value >= 1024) return fmt::format("{} ({})", human_bytes(value), exact);
  if ((unit == "B/s" || unit == "Hz" || unit == "op/s") && value >= 1000)
    return fmt::format("{} ({})", human_decimal(static_cast<double>(value), unit), exact);
  return exact;
}

std::uint64_t parse_size(std::string_view text) {
  double number = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (code != std::errc{} || !std::isfinite(number) || number < 0) refuse_size(text);
  std::string_view name(stop, static_cast<std::size_t>(end - stop));
  if (name.starts_with(' ')) name.remove_prefix(1);
  const auto *unit = std::find_if(std::begin(size_units), std::end(size_units),
                                  [name](const size_unit &u) { return u.name == name; });
  if (unit == std::end(size_units)) refuse_size(text);
  const double bytes = number * unit->bytes;
  if (bytes >= 0x1p63) {
    throw error(status::invalid_argument, fmt::format("The size '{}' is beyond 8 EiB.", text));
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace hal::ctl
