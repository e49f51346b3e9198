#include "runtime/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>

#include "devices/text.hpp"
#include "hal/error.hpp"
#include "runtime/bundle/file_mapping.hpp"

namespace hal::rt {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_header = std::size_t{1} << 20;
constexpr std::size_t most_extents = 32;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 62;

struct type_code {
  std::string_view code;  // behind the byte order
  element type;
};

constexpr type_code type_codes[] = {
    {"i1", element::i8},  {"u1", element::u8},  {"b1", element::u8},  {"i2", element::i16},
    {"u2", element::u16}, {"i4", element::i32}, {"u4", element::u32}, {"i8", element::i64},
    {"u8", element::u64}, {"f2", element::f16}, {"f4", element::f32}, {"f8", element::f64},
};

[[noreturn]] void fail(std::string_view name, std::string_view what) {
  // A file may hold anything, a zero above all, which would end the sentence.
  throw error(status::invalid_argument,
              devices::printable(fmt::format("'{}' cannot be read: {}.", name, what)));
}

// The header: a Python dictionary of exactly three keys.
class header_reader {
 public:
  header_reader(std::string_view text, std::string_view name) : rest_(text), name_(name) {}

  array read() {
    array found;
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !type_) {
        type_ = type_of(quoted());
      } else if (key == "fortran_order" && !fortran_) {
        fortran_ = truth();
      } else if (key == "shape" && !shape_) {
        shape_ = extents();
      } else {
        fail(name_, fmt::format("its header has '{}', {}", key,
                                key == "descr" || key == "shape" || key == "fortran_order"
                                    ? "for the second time"
                                    : "which no .npy file has"));
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_spaces();
    if (!rest_.empty()) fail(name_, "something follows the dictionary in its header");
    if (!type_ || !fortran_ || !shape_) fail(name_, "its header lacks 'descr', 'fortran_order' or 'shape'");
    if (*fortran_ && shape_->size() > 1) {
      fail(name_, fmt::format("its {} elements are in Fortran order; numpy.ascontiguousarray makes C order",
                              shape_text(*shape_)));
    }
    found.type = *type_;
    found.shape = std::move(*shape_);
    return found;
  }

 private:
  void skip_spaces() {
    const std::size_t end = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(end, rest_.size()));
  }
  bool take(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail(name_, fmt::format("its header lacks a '{}'", wanted));
  }
  std::string_view quoted() {
    skip_spaces();
    if (rest_.starts_with('[')) fail(name_, "its elements are records; they must be numbers");
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') fail(name_, "its header lacks a text in quotes");
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail(name_, "a text in its header does not end");
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool truth() {
    skip_spaces();
    for (const auto &[word, value] : {std::pair{std::string_view("True"), true}, {"False", false}}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    fail(name_, "its 'fortran_order' is neither True nor False");
  }
  std::vector<std::uint64_t> extents() {
    std::vector<std::uint64_t> shape;
    expect('(');
    while (!take(')')) {
      skip_spaces();
      std::uint64_t extent = 0;
      const char *end = rest_.data() + rest_.size();
      const auto [stop, code] = std::from_chars(rest_.data(), end, extent);
      if (code != std::errc{}) fail(name_, "its shape holds something that is no count");
      rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
      take('L');  // as Python 2 wrote them
      shape.push_back(extent);
      if (shape.size() > most_extents) fail(name_, fmt::format("it has more than {} extents", most_extents));
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }
  element type_of(std::string_view descr) {
    const std::string_view code = descr.substr(std::min<std::size_t>(descr.size(), 1));
    const auto known = std::find_if(std::begin(type_codes), std::end(type_codes),
                                    [&](const type_code &one) { return one.code == code; });
    const char order = descr.empty() ? '\0' : descr.front();
    if (known == std::end(type_codes) || (order != '<' && order != '>' && order != '|' && order != '=')) {
      fail(name_, fmt::format("its elements are of type '{}'; known are {}", descr, element_names()));
    }
    if (order == '>' && size_of(known->type) > 1)
      fail(name_, fmt::format("its elements ('{}') are big-endian; they must be little-endian", descr));
    return known->type;
  }

  std::string_view rest_;
  std::string_view name_;
  std::optional<element> type_;
  std::optional<bool> fortran_;
  std::optional<std::vector<std::uint64_t>> shape_;
};

}  // namespace

std::string shape_text(std::span<const std::uint64_t> shape) {
  return shape.empty() ? "1" : fmt::format("{}", fmt::join(shape.begin(), shape.end(), "x"));
}

std::uint64_t byte_size_of(std::span<const std::uint64_t> shape, element type) {
  if (std::find(shape.begin(), shape.end(), std::uint64_t{0}) != shape.end()) return 0;
  std::uint64_t size = size_of(type);
  for (const std::uint64_t extent : shape) {
    if (extent >= most_bytes / size) {
      throw error(status::invalid_argument, fmt::format("An array of {} elements of {} is too large.",
                                                        shape_text(shape), to_string(type)));
    }
    size *= extent;
  }
  return size;
}

array parse_npy(std::span<const std::byte> bytes, std::string_view name) {
  const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (!text.starts_with(magic)) fail(name, "it does not begin as .npy files do");
  constexpr std::size_t versions_at = magic.size();
  if (text.size() < versions_at + 4) fail(name, fmt::format("it is cut short: it has {} bytes", text.size()));
  const auto major = static_cast<unsigned char>(text[versions_at]);
  if (major < 1 || major > 3) fail(name, fmt::format("its version is {}; known are 1 to 3", major));
  const std::size_t length_size = major == 1 ? 2 : 4;
  const std::size_t begin = versions_at + 2 + length_size;
  std::uint32_t length = 0;
  if (text.size() >= begin) std::memcpy(&length, text.data() + versions_at + 2, length_size);
  if (length > most_header) fail(name, fmt::format("its header has {} bytes, too many", length));
  if (text.size() < begin || text.size() - begin < length)
    fail(name, fmt::format("it is cut short: it has {} bytes, less than its header", text.size()));
  array found = header_reader(text.substr(begin, length), name).read();
  const std::uint64_t wanted = byte_size_of(found.shape, found.type);
  const std::span<const std::byte> data = bytes.subspan(begin + length);
  if (data.size() != wanted) {
    fail(name, fmt::format("it has {} bytes of elements; {} of {} take {}", data.size(),
                           shape_text(found.shape), to_string(found.type), wanted));
  }
  found.bytes.assign(data.begin(), data.end());
  return found;
}

array read_npy(const std::filesystem::path &file) {
  return parse_npy(file_mapping(file).bytes(), file.string());
}

std::vector<std::byte> npy_bytes(const array &from) {
  const element type = from.type == element::bf16 ? element::u16 : from.type;
  const auto known = std::find_if(std::begin(type_codes), std::end(type_codes),
                                  [type](const type_code &one) { return one.type == type; });
  std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   size_of(type) == 1 ? '|' : '<', known->code, fmt::join(from.shape, ", "),
                                   from.shape.size() == 1 ? "," : "");
  // The elements begin at a multiple of 64.
  const std::size_t before = magic.size() + 4;
  header.append((before + header.size() + 1 + 63) / 64 * 64 - before - header.size() - 1, ' ');
  header += '\n';
  std::string head(magic);
  head += {1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  head += header;
  std::vector<std::byte> file(head.size() + from.bytes.size());
  std::memcpy(file.data(), head.data(), head.size());
  std::copy(from.bytes.begin(), from.bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(head.size()));
  return file;
}

}  // namespace hal::rt
