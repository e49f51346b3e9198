// How a bundle's file is laid out: header, description (runtime/bundle/bundle.fbs), code. Little-endian.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace hal::rt::bundle_file {

static_assert(std::endian::native == std::endian::little, "bundles are used in place and are little-endian");

// Damage by a transfer in text mode shows in it, as in PNG's.
inline constexpr char magic[8] = {'\x89', 'H', 'A', 'L', 'B', '\r', '\n', '\x1a'};

// Readers refuse another major version; a higher minor version adds what older readers need not know.
inline constexpr std::uint16_t version_major = 1;
inline constexpr std::uint16_t version_minor = 0;

// Every part of the file begins at a multiple of this; the bytes between two parts are 0.
inline constexpr std::uint64_t alignment = 64;

struct header {
  char magic[8];
  std::uint16_t version_major;
  std::uint16_t version_minor;
  std::uint32_t header_size;
  std::uint64_t file_size;
  std::uint64_t description_offset;  // follows the header
  std::uint64_t description_size;
  std::uint64_t description_checksum;  // XXH3, 64 bits
  std::uint64_t reserved;              // 0
  std::uint64_t header_checksum;       // XXH3, 64 bits, of all before it
};
static_assert(sizeof(header) == 64);

// What no bundle needs is a damaged or hostile one.
inline constexpr std::uint64_t most_description = std::uint64_t{64} << 20;
inline constexpr std::uint64_t most_unpacked = std::uint64_t{1} << 30;  // code that is stored compressed
inline constexpr std::size_t most_name = 1024;

constexpr std::uint64_t aligned(std::uint64_t offset) {
  return (offset + alignment - 1) / alignment * alignment;
}

}  // namespace hal::rt::bundle_file
