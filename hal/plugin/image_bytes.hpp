// Reading code images that may be cut short or damaged: nothing is read before it is known to be there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace hal::plugin {

inline bool holds(std::span<const std::byte> image, std::uint64_t offset, std::uint64_t size) noexcept {
  return offset <= image.size() && size <= image.size() - offset;
}

// A record of the image, which holds it.
template <typename Record>
Record read(std::span<const std::byte> image, std::uint64_t offset) noexcept {
  Record record;
  std::memcpy(&record, image.data() + offset, sizeof record);
  return record;
}

// The fault of an image that ends before it has all of `what`.
inline std::string cut_short(const char *what, std::uint64_t offset, std::uint64_t size,
                             std::span<const std::byte> image) {
  return std::string("it is cut short: ") + what + " takes " + std::to_string(size) + " bytes at " +
         std::to_string(offset) + ", and the image has " + std::to_string(image.size());
}

}  // namespace hal::plugin
