#include <algorithm>
#include <cstdint>
#include <string>

#include "runtime/recording/recording.hpp"

namespace hal::rt {
namespace {

constexpr std::size_t header_size = 64;
constexpr std::size_t extended = 256;

class space {
 public:
  explicit space(std::string_view bytes) : from_(bytes), kept_(bytes.size(), '\0') {}

  std::uint32_t byte(std::size_t at) const {
    return at < from_.size() ? static_cast<std::uint8_t>(from_[at]) : 0;
  }
  std::uint32_t word(std::size_t at) const { return byte(at) | byte(at + 1) << 8; }
  std::uint32_t double_word(std::size_t at) const { return word(at) | word(at + 2) << 16; }

  void keep(std::size_t at, std::size_t count) {
    if (at >= from_.size()) return;
    count = std::min(count, from_.size() - at);
    std::copy_n(from_.begin() + static_cast<std::ptrdiff_t>(at), count,
                kept_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::string take() { return std::move(kept_); }

 private:
  std::string_view from_;
  std::string kept_;
};

}  // namespace

std::string without_serial_numbers(std::string_view configuration) {
  space all(configuration);
  all.keep(0, header_size);
  constexpr std::uint32_t has_capabilities = 0x10;
  constexpr int most = 256;  // a chain may run in a circle
  if ((all.word(6) & has_capabilities) != 0) {
    std::size_t at = all.byte(0x34) & ~3u;
    for (int count = 0; at >= header_size && count < most; ++count) {
      constexpr std::uint32_t express = 0x10;
      all.keep(at, all.byte(at) == express ? 0x3c : 2);
      at = all.byte(at + 1) & ~3u;
    }
  }
  std::size_t at = extended;
  for (int count = 0; at >= extended && at < configuration.size() && count < most; ++count) {
    const std::uint32_t head = all.double_word(at);
    constexpr std::uint32_t virtual_functions = 0x10;
    constexpr std::uint32_t resizable_windows = 0x15;
    const std::uint32_t id = head & 0xffff;
    all.keep(at, id == virtual_functions ? 0x40 : id == resizable_windows ? 4 + 6 * 8 : 4);
    at = head >> 20 & ~3u;
  }
  return all.take();
}

}  // namespace hal::rt
