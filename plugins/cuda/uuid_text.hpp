// A UUID as NVIDIA's tools write it: "GPU-2d1b5a3c-...".
#pragma once

#include <cstddef>
#include <string>

namespace hal::plugins::cuda {

template <typename Byte>
std::string uuid_text(const char *prefix, const Byte (&bytes)[16]) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = prefix;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace hal::plugins::cuda
