#include "plugins/opencl/binary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string_view>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

constexpr std::string_view wrapping_magic("HALCLB1\n", 8);

// What stands before the facts of the kernels, behind which the driver's binary stands.
struct wrapping {
  char magic[8];
  std::uint64_t facts_size;
  std::uint64_t binary_size;
  std::uint64_t checksum;  // of both
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

// A line for each kernel and each of its parameters, its values between tabs.
std::string text_of(const std::vector<kernel_facts> &facts) {
  std::string text;
  for (const kernel_facts &kernel : facts) {
    text += fmt::format("k\t{}\n", kernel.name);
    for (const parameter &one : kernel.parameters)
      text += fmt::format("p\t{}\t{}\t{}\t{}\t{}\t{}\n", one.kind, one.size, one.alignment, int{one.is_image},
                          one.type, one.name);
  }
  return text;
}

std::vector<std::string> words_of(const std::string &line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; std::getline(in, word, '\t');) words.push_back(word);
  words.resize(7);
  return words;
}

// The checksum agreed, so the text is as it was written.
std::vector<kernel_facts> facts_of(std::span<const std::byte> text) {
  std::vector<kernel_facts> facts;
  std::istringstream in(std::string(reinterpret_cast<const char *>(text.data()), text.size()));
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = words_of(line);
    if (words[0] == "k") {
      facts.push_back({words[1], {}});
    } else if (!facts.empty()) {
      const auto number = [&words](std::size_t at) {
        std::uint32_t value = 0;
        std::from_chars(words[at].data(), words[at].data() + words[at].size(), value);
        return value;
      };
      facts.back().parameters.push_back(
          {number(1), number(2), number(3), number(4) != 0, words[5], words[6]});
    }
  }
  return facts;
}

checked_parts unwrapped(std::span<const std::byte> bytes) {
  const auto head = read<wrapping>(bytes, 0);
  if (bytes.size() < sizeof head) refuse(bytes, "its wrapping is cut short");
  const auto inner = bytes.subspan(sizeof head);
  if (head.facts_size > inner.size() || inner.size() - head.facts_size != head.binary_size)
    refuse(bytes, fmt::format("its wrapping holds {} bytes and says {} and {}", inner.size(), head.facts_size,
                              head.binary_size));
  if (checksum_of(inner) != head.checksum) refuse(bytes, "its checksum is wrong");
  return {inner.subspan(head.facts_size), facts_of(inner.first(head.facts_size))};
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

checked_parts checked_binary(std::span<const std::byte> bytes) {
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
  return {bytes, {}};
}

std::string wrapped_binary(std::span<const std::byte> binary, const std::vector<kernel_facts> &facts) {
  std::string inner = text_of(facts);
  wrapping head{};
  wrapping_magic.copy(head.magic, sizeof head.magic);
  head.facts_size = inner.size();
  head.binary_size = binary.size();
  inner.append(reinterpret_cast<const char *>(binary.data()), binary.size());
  head.checksum = checksum_of(std::as_bytes(std::span(inner.data(), inner.size())));
  return std::string(reinterpret_cast<const char *>(&head), sizeof head) + inner;
}

}  // namespace hal::plugins::opencl
