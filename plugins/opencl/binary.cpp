#include "plugins/opencl/binary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

constexpr std::string_view wrapping_magic("HALCLB1\n", 8);

// What stands before a driver's binary.
struct wrapping {
  char magic[8];
  std::uint64_t size;
  std::uint64_t checksum;
};

// FNV-1a: for accidents, not for attacks.
std::uint64_t checksum_of(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const std::byte one : bytes) sum = (sum ^ std::to_integer<std::uint64_t>(one)) * 0x100000001b3u;
  return sum;
}

template <typename Value>
Value read(std::span<const std::byte> from, std::size_t at) {
  Value value{};
  if (at <= from.size() && sizeof value <= from.size() - at)
    std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

bool begins(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

[[noreturn]] void refuse(std::span<const std::byte> bytes, std::string_view why) {
  throw failure(HAL_STATUS_INVALID_MODULE,
                fmt::format("The binary of {} bytes cannot be loaded: {}.", bytes.size(), why));
}

std::span<const std::byte> unwrapped(std::span<const std::byte> bytes) {
  const auto head = read<wrapping>(bytes, 0);
  if (bytes.size() < sizeof head) refuse(bytes, "its wrapping is cut short");
  const auto binary = bytes.subspan(sizeof head);
  if (binary.size() != head.size)
    refuse(bytes, fmt::format("its wrapping holds {} bytes and says {}", binary.size(), head.size));
  if (checksum_of(binary) != head.checksum) refuse(bytes, "its checksum is wrong");
  return binary;
}

// Positions of ELF's fields, for both word sizes.
void check_elf(std::span<const std::byte> bytes) {
  constexpr std::byte wide{2};
  const bool is_wide = bytes.size() > 4 && bytes[4] == wide;
  if (bytes.size() < (is_wide ? 64u : 52u)) refuse(bytes, "its ELF header is cut short");
  const auto table_fits = [&](std::uint64_t offset, std::uint64_t size, std::uint64_t count) {
    return offset <= bytes.size() && size * count <= bytes.size() - offset;
  };
  const std::uint64_t sections = is_wide ? read<std::uint64_t>(bytes, 40) : read<std::uint32_t>(bytes, 32);
  const std::size_t sizes = is_wide ? 58 : 46;
  const auto size = read<std::uint16_t>(bytes, sizes);
  const auto count = read<std::uint16_t>(bytes, sizes + 2);
  if (!table_fits(sections, size, count)) refuse(bytes, "it is an ELF file that is cut short");
  constexpr std::uint32_t no_bits = 8;  // a section without bytes in the file
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t at = sections + i * size;
    const std::uint64_t offset =
        is_wide ? read<std::uint64_t>(bytes, at + 24) : read<std::uint32_t>(bytes, at + 16);
    const std::uint64_t length =
        is_wide ? read<std::uint64_t>(bytes, at + 32) : read<std::uint32_t>(bytes, at + 20);
    if (read<std::uint32_t>(bytes, at + 4) != no_bits && !table_fits(offset, 1, length))
      refuse(bytes, fmt::format("it is an ELF file, and its section {} is cut short", i));
  }
}

// Xilinx's container: the magic, and the whole length behind key and unique id.
void check_xclbin(std::span<const std::byte> bytes) {
  constexpr std::size_t length_at = 304;
  if (bytes.size() < length_at + 8 || read<std::uint64_t>(bytes, length_at) > bytes.size())
    refuse(bytes, "it is an xclbin that is cut short");
}

bool is_text(std::span<const std::byte> bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](std::byte one) {
    const auto sign = std::to_integer<unsigned>(one);
    return sign < 0x20 && sign != '\n' && sign != '\r' && sign != '\t';
  });
}

}  // namespace

std::span<const std::byte> checked_binary(std::span<const std::byte> bytes) {
  if (bytes.empty()) refuse(bytes, "it is empty");
  if (begins(bytes, wrapping_magic)) return unwrapped(bytes);
  if (begins(bytes,
             "\x7f"
             "ELF")) {
    check_elf(bytes);
  } else if (begins(bytes, "xclbin2")) {
    check_xclbin(bytes);
  } else if (!is_text(bytes)) {  // PTX, which a compiler reads
    refuse(bytes,
           "it is neither ELF, xclbin nor text, nor in the wrapping of this plugin, so that nothing tells "
           "whether it is whole");
  }
  return bytes;
}

std::string wrapped_binary(std::span<const std::byte> binary) {
  wrapping head{};
  wrapping_magic.copy(head.magic, sizeof head.magic);
  head.size = binary.size();
  head.checksum = checksum_of(binary);
  std::string whole(sizeof head + binary.size(), '\0');
  std::memcpy(whole.data(), &head, sizeof head);
  if (!binary.empty()) std::memcpy(whole.data() + sizeof head, binary.data(), binary.size());
  return whole;
}

}  // namespace hal::plugins::opencl
