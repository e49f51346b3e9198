#include "runtime/element.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

struct element_facts {
  std::string_view name;
  std::size_t size;
  bool real;
  bool is_signed;
};

constexpr element_facts facts[] = {
    {"i8", 1, false, true},  {"u8", 1, false, false},  {"i16", 2, false, true}, {"u16", 2, false, false},
    {"i32", 4, false, true}, {"u32", 4, false, false}, {"i64", 8, false, true}, {"u64", 8, false, false},
    {"f16", 2, true, true},  {"bf16", 2, true, true},  {"f32", 4, true, true},  {"f64", 8, true, true},
};

const element_facts &of(element type) noexcept {
  return facts[static_cast<std::size_t>(type)];
}

// The double rounded once, to nearest, ties to even, to a format of so many bits of exponent and fraction;
// its bits, the sign not included.
std::uint32_t rounded(double magnitude, int exponent_bits, int fraction_bits) noexcept {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const std::uint32_t infinity = ((1u << exponent_bits) - 1) << fraction_bits;
  if (std::isnan(magnitude)) return infinity | 1u << (fraction_bits - 1);
  if (std::isinf(magnitude)) return infinity;
  if (magnitude == 0) return 0;
  const int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  // In units of the last place: exact, and nearbyint rounds ties to even.
  const double units = std::nearbyint(std::scalbn(magnitude, fraction_bits - exponent));
  const double whole = std::scalbn(1.0, fraction_bits);
  const std::uint32_t biased = units < whole ? 0u : static_cast<std::uint32_t>(exponent + bias);
  const auto fraction = static_cast<std::uint32_t>(units);
  // A carry out of the fraction is what the next exponent is.
  const std::uint32_t bits =
      biased == 0 ? fraction : (biased << fraction_bits) + (fraction - (1u << fraction_bits));
  return std::min(bits, infinity);
}

double unpacked(std::uint32_t bits, int exponent_bits, int fraction_bits) noexcept {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const auto exponent = static_cast<int>(bits >> fraction_bits & ((1u << exponent_bits) - 1));
  const std::uint32_t fraction = bits & ((1u << fraction_bits) - 1);
  const double sign = (bits >> (exponent_bits + fraction_bits)) != 0 ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  const double mantissa = exponent == 0 ? fraction : fraction + (1u << fraction_bits);
  return sign * std::scalbn(mantissa, std::max(exponent, 1) - bias - fraction_bits);
}

std::uint64_t bits_of(element type, const std::byte *from) noexcept {
  std::uint64_t bits = 0;
  std::memcpy(&bits, from, of(type).size);  // little-endian
  return bits;
}

std::int64_t signed_of(element type, const std::byte *from) noexcept {
  const unsigned unused = static_cast<unsigned>(64 - 8 * of(type).size);
  return static_cast<std::int64_t>(bits_of(type, from) << unused) >> unused;
}

[[noreturn]] void no_number(element type, std::string_view text) {
  throw error(status::invalid_argument, fmt::format("'{}' is no {}.", text, to_string(type)));
}

[[noreturn]] void does_not_fit(element type, std::string_view text) {
  throw error(status::invalid_argument, fmt::format("'{}' does not fit into {}.", text, to_string(type)));
}

void put_whole(element type, std::string_view text, std::byte *to) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
  if (hexadecimal) digits.remove_prefix(2);
  std::uint64_t magnitude = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, magnitude, hexadecimal ? 16 : 10);
  if (digits.empty() || stop != end || code == std::errc::invalid_argument) no_number(type, text);
  const std::uint64_t most = ~std::uint64_t{0} >> (64 - 8 * of(type).size);
  const std::uint64_t half = most / 2 + 1;
  const bool fits = of(type).is_signed ? (negative ? magnitude <= half : magnitude < half)
                                       : (negative ? magnitude == 0 : magnitude <= most);
  if (code != std::errc{} || !fits) does_not_fit(type, text);
  put_integer(type, negative ? ~magnitude + 1 : magnitude, to);
}

}  // namespace

std::string_view to_string(element type) noexcept {
  return of(type).name;
}

std::optional<element> parse_element(std::string_view text) noexcept {
  for (std::size_t index = 0; index < std::size(facts); ++index) {
    if (facts[index].name == text) return static_cast<element>(index);
  }
  return std::nullopt;
}

std::string element_names() {
  std::string names;
  for (const element_facts &one : facts) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return names;
}

std::size_t size_of(element type) noexcept {
  return of(type).size;
}

bool is_real(element type) noexcept {
  return of(type).real;
}

void put_number(element type, std::string_view text, std::byte *to) {
  if (!of(type).real) return put_whole(type, text, to);
  double value = 0;
  const char *end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end || code == std::errc::invalid_argument) no_number(type, text);
  if (code != std::errc{}) does_not_fit(type, text);
  put_real(type, value, to);
  if (std::isfinite(value) && !std::isfinite(real_of(type, to))) does_not_fit(type, text);
}

void put_real(element type, double value, std::byte *to) noexcept {
  if (type == element::f64) {
    std::memcpy(to, &value, sizeof value);
  } else if (type == element::f32) {
    const auto single = static_cast<float>(value);
    std::memcpy(to, &single, sizeof single);
  } else if (type == element::f16 || type == element::bf16) {
    const bool half = type == element::f16;
    const std::uint32_t bits = rounded(std::fabs(value), half ? 5 : 8, half ? 10 : 7);
    put_integer(type, bits | (std::signbit(value) ? 0x8000u : 0u), to);
  }
}

void put_integer(element type, std::uint64_t value, std::byte *to) noexcept {
  std::memcpy(to, &value, of(type).size);
}

double real_of(element type, const std::byte *from) noexcept {
  switch (type) {
    case element::f64:
      return std::bit_cast<double>(bits_of(type, from));
    case element::f32:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits_of(type, from)));
    case element::f16:
      return unpacked(static_cast<std::uint32_t>(bits_of(type, from)), 5, 10);
    case element::bf16:
      return unpacked(static_cast<std::uint32_t>(bits_of(type, from)), 8, 7);
    default:
      return of(type).is_signed ? static_cast<double>(signed_of(type, from))
                                : static_cast<double>(bits_of(type, from));
  }
}

std::string number_text(element type, const std::byte *from) {
  if (type == element::f32) return fmt::format("{}", static_cast<float>(real_of(type, from)));
  if (of(type).real) return fmt::format("{}", real_of(type, from));
  return of(type).is_signed ? std::to_string(signed_of(type, from)) : std::to_string(bits_of(type, from));
}

}  // namespace hal::rt
