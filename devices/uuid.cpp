#include "hal/uuid.hpp"

#include <fmt/format.h>

#include <cctype>

namespace hal {
namespace {

constexpr std::size_t text_size = 36;

constexpr bool dash_at(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_string(const uuid &value) {
  std::string text;
  for (const std::uint8_t byte : value.bytes) {
    if (dash_at(text.size())) text += '-';
    fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  }
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() > text_size) {
    const std::string_view prefix = text.substr(0, text.size() - text_size);
    if (prefix.size() < 2 || prefix.back() != '-') return {};
    for (const char c : prefix.substr(0, prefix.size() - 1)) {
      if (std::isalpha(static_cast<unsigned char>(c)) == 0) return {};
    }
    text.remove_prefix(prefix.size());
  }
  if (text.size() != text_size) return {};
  uuid value;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text_size; ++i) {
    if (dash_at(i)) {
      if (text[i] != '-') return {};
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return {};
    std::uint8_t &byte = value.bytes[digits / 2];
    byte = static_cast<std::uint8_t>((byte << 4) | digit);
    ++digits;
  }
  return value;
}

}  // namespace hal
