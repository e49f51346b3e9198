// The bytes of a shared object, to be damaged.
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

namespace hal::test {

class object_bytes {
 public:
  explicit object_bytes(const std::filesystem::path &file) {
    std::ifstream stream(file, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  }

  std::span<const std::byte> get() const noexcept { return std::as_bytes(std::span(bytes_)); }
  std::string_view text() const noexcept { return {bytes_.data(), bytes_.size()}; }
  std::size_t size() const noexcept { return bytes_.size(); }

  template <typename Integer>
  Integer read(std::size_t at) const {
    Integer value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  template <typename Integer>
  object_bytes with(std::size_t at, Integer value) const {
    object_bytes changed = *this;
    std::memcpy(changed.bytes_.data() + at, &value, sizeof value);
    return changed;
  }
  object_bytes cut(std::size_t size) const {
    object_bytes changed = *this;
    changed.bytes_.resize(size);
    return changed;
  }

  // Positions in an ELF file with 64-bit addresses.
  static constexpr std::size_t class_at = 4, data_at = 5, type_at = 16, machine_at = 18,
                               program_headers_at = 32, section_headers_at = 40, segment_size_at = 54,
                               segment_count_at = 56;
  // Where the index-th program header of that type is; 0 when there is none.
  std::size_t segment(std::uint32_t type, int index = 0) const {
    const auto first = read<std::uint64_t>(program_headers_at);
    for (std::size_t i = 0; i < read<std::uint16_t>(segment_count_at); ++i) {
      const std::size_t at = first + i * 56;
      if (read<std::uint32_t>(at) == type && index-- == 0) return at;
    }
    return 0;
  }
  // Where the dynamic section's entry of that tag is; 0 when there is none.
  std::size_t dynamic_entry(std::uint64_t tag) const {
    const std::size_t header = segment(2);
    const auto begin = read<std::uint64_t>(header + 8);
    const auto size = read<std::uint64_t>(header + 32);
    for (std::uint64_t at = begin; at < begin + size; at += 16) {
      if (read<std::uint64_t>(at) == tag) return at;
    }
    return 0;
  }

 private:
  std::vector<char> bytes_;
};

}  // namespace hal::test
