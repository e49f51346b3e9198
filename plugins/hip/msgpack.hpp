// MessagePack, as far as code objects hold it: maps, arrays, texts, integers and truth values. Reads bytes
// that nobody vouches for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hal::plugins::hip::msgpack {

// A value; texts refer to the bytes that were read.
struct value {
  enum class kind { nothing, boolean, integer, text, array, map };

  kind is = kind::nothing;
  std::uint64_t number = 0;  // of integers and truth values; negative ones wrap
  std::string_view text;
  std::vector<value> items;            // of arrays, and of maps by the keys
  std::vector<std::string_view> keys;  // of maps; what has no text as its key is left out

  // A value of a map; `nothing` when there is none of that name.
  const value &operator[](std::string_view name) const noexcept;
};

// Nothing when the bytes are not one whole value, or nest deeper than any metadata does.
std::optional<value> read(std::span<const std::byte> bytes);

}  // namespace hal::plugins::hip::msgpack
