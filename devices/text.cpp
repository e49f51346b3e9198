#include "devices/text.hpp"

#include <cstdint>

namespace hal::devices {
namespace {

struct character {
  std::size_t length;  // in bytes; 1 when it is not well-formed
  bool shown;
};

character first_of(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, lead >= ' ' && lead != 0x7f};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead >= 0xf8 || text.size() < length) return {1, false};
  std::uint32_t code = lead & (0x7fu >> length);
  for (const char next : text.substr(1, length - 1)) {
    if ((static_cast<unsigned char>(next) & 0xc0u) != 0x80u) return {1, false};
    code = (code << 6) | (static_cast<unsigned char>(next) & 0x3fu);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < least[length] || surrogate || code > 0x10ffff) return {1, false};
  return {length, code >= 0xa0};  // U+0080 to U+009F are control characters that terminals obey
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const character first = first_of(text);
    out.append(first.shown ? text.substr(0, first.length) : "?");
    text.remove_prefix(first.length);
  }
  return out;
}

}  // namespace hal::devices
