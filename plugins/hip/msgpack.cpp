#include "plugins/hip/msgpack.hpp"

#include <algorithm>

namespace hal::plugins::hip::msgpack {
namespace {

class reader {
 public:
  explicit reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  bool read(value &out, int depth) {
    constexpr int deepest = 16;
    std::uint64_t head = 0;
    if (depth > deepest || !number(1, head)) return false;
    if (head < 0x80) return integer(out, head);
    if (head < 0x90) return map(out, head & 0x0f, depth);
    if (head < 0xa0) return array(out, head & 0x0f, depth);
    if (head < 0xc0) return text(out, head & 0x1f);
    if (head >= 0xe0) return integer(out, head - 0x100);
    std::uint64_t size = 0;
    switch (head) {
      case 0xc0:
        return true;
      case 0xc2:
      case 0xc3:
        out.is = value::kind::boolean;
        out.number = head - 0xc2;
        return true;
      case 0xc4:  // bytes of 1, 2 and 4 bytes of size
      case 0xc5:
      case 0xc6:
        return number(std::size_t{1} << (head - 0xc4), size) && skip(size);
      case 0xca:  // floating point
        return skip(4);
      case 0xcb:
        return skip(8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return number(std::size_t{1} << (head - 0xcc), size) && integer(out, size);
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: {
        const std::size_t width = std::size_t{1} << (head - 0xd0);
        if (!number(width, size)) return false;
        if (width < 8 && (size >> (8 * width - 1)) != 0) size -= std::uint64_t{1} << 8 * width;
        return integer(out, size);
      }
      case 0xd9:
      case 0xda:
      case 0xdb:
        return number(std::size_t{1} << (head - 0xd9), size) && text(out, size);
      case 0xdc:
      case 0xdd:
        return number(std::size_t{2} << (head - 0xdc), size) && array(out, size, depth);
      case 0xde:
      case 0xdf:
        return number(std::size_t{2} << (head - 0xde), size) && map(out, size, depth);
      default:
        return false;
    }
  }
  bool done() const noexcept { return rest_.empty(); }

 private:
  bool number(std::size_t width, std::uint64_t &out) {
    if (rest_.size() < width) return false;
    out = 0;
    for (const std::byte one : rest_.first(width)) out = out << 8 | std::to_integer<std::uint64_t>(one);
    rest_ = rest_.subspan(width);
    return true;
  }
  bool skip(std::uint64_t size) {
    if (size > rest_.size()) return false;
    rest_ = rest_.subspan(size);
    return true;
  }
  static bool integer(value &out, std::uint64_t number) {
    out.is = value::kind::integer;
    out.number = number;
    return true;
  }
  bool text(value &out, std::uint64_t size) {
    out.is = value::kind::text;
    out.text = {reinterpret_cast<const char *>(rest_.data()), std::min<std::size_t>(size, rest_.size())};
    return skip(size);
  }
  // Each element takes a byte at least, so that a count beyond the bytes is no reason to make room.
  bool array(value &out, std::uint64_t count, int depth) {
    out.is = value::kind::array;
    if (count > rest_.size()) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!read(out.items.emplace_back(), depth + 1)) return false;
    }
    return true;
  }
  bool map(value &out, std::uint64_t count, int depth) {
    out.is = value::kind::map;
    if (count > rest_.size() / 2) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      value key;
      value held;
      if (!read(key, depth + 1) || !read(held, depth + 1)) return false;
      if (key.is != value::kind::text) continue;
      out.keys.push_back(key.text);
      out.items.push_back(std::move(held));
    }
    return true;
  }

  std::span<const std::byte> rest_;
};

}  // namespace

const value &value::operator[](std::string_view name) const noexcept {
  static const value none;
  const auto found = std::find(keys.begin(), keys.end(), name);
  return found == keys.end() ? none : items[static_cast<std::size_t>(found - keys.begin())];
}

std::optional<value> read(std::span<const std::byte> bytes) {
  reader from(bytes);
  value found;
  if (!from.read(found, 0) || !from.done()) return std::nullopt;
  return found;
}

}  // namespace hal::plugins::hip::msgpack
