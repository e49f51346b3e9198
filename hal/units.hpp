// Sizes in bytes, written as people write them.
#pragma once

#include <cstdint>

namespace hal {
inline namespace literals {

constexpr std::uint64_t operator""_KiB(unsigned long long count) {
  return count << 10;
}
constexpr std::uint64_t operator""_MiB(unsigned long long count) {
  return count << 20;
}
constexpr std::uint64_t operator""_GiB(unsigned long long count) {
  return count << 30;
}
constexpr std::uint64_t operator""_TiB(unsigned long long count) {
  return count << 40;
}

}  // namespace literals
}  // namespace hal
