// read_ptx of image.hpp: entries and their parameters, after the PTX ISA's sections on kernel functions and
// performance directives.
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "plugins/cuda/image.hpp"

namespace hal::plugins::cuda {
namespace {

// Words and single signs, with comments left out.
class tokens {
 public:
  explicit tokens(std::string_view text) : rest_(text) {}

  // Empty at the end.
  std::string_view next() {
    skip_blank();
    if (rest_.empty()) return {};
    std::size_t length = 0;
    while (length < rest_.size() && is_word(rest_[length])) ++length;
    if (length == 0) length = 1;
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }
  std::string_view peek() {
    tokens ahead = *this;
    return ahead.next();
  }

 private:
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '.' || c == '%';
  }
  void skip_blank() {
    for (;;) {
      const std::size_t text = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
      rest_.remove_prefix(text);
      if (rest_.starts_with("//")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const std::size_t end = rest_.find("*/");
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
      } else {
        return;
      }
    }
  }

  std::string_view rest_;
};

std::optional<std::uint32_t> number(std::string_view word) {
  std::uint32_t value = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (fault != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// Bytes of a fundamental type; 0 for a word that is none.
std::uint32_t size_of(std::string_view type) {
  static constexpr std::pair<std::string_view, std::uint32_t> types[] = {
      {".b8", 1},  {".u8", 1},  {".s8", 1},  {".b16", 2}, {".u16", 2},  {".s16", 2},
      {".f16", 2}, {".b32", 4}, {".u32", 4}, {".s32", 4}, {".f32", 4},  {".f16x2", 4},
      {".b64", 8}, {".u64", 8}, {".s64", 8}, {".f64", 8}, {".b128", 16}};
  const auto *found =
      std::find_if(std::begin(types), std::end(types), [type](const auto &one) { return one.first == type; });
  return found == std::end(types) ? 0 : found->second;
}

// One ".param ... name" with an optional "[count]"; stops before the comma or the parenthesis.
std::optional<image_parameter> read_parameter(tokens &from) {
  if (from.next() != ".param") return std::nullopt;
  image_parameter found;
  std::uint32_t aligned = 0;
  while (from.peek() != "," && from.peek() != ")") {
    const std::string_view word = from.next();
    if (word.empty()) return std::nullopt;
    if (word == ".ptr") {
      found.kind = HAL_ARGUMENT_MEMORY;
    } else if (word == ".align") {
      const auto value = number(from.next());
      if (!value || !std::has_single_bit(*value)) return std::nullopt;
      // Behind .ptr it is what the pointer points to.
      if (found.kind != HAL_ARGUMENT_MEMORY) aligned = *value;
    } else if (const std::uint32_t size = size_of(word); size != 0) {
      found.size = size;
      found.alignment = std::max(found.alignment, size);
    } else if (word == "[") {
      const auto count = number(from.next());
      if (!count || from.next() != "]" || found.size == 0) return std::nullopt;
      found.size *= *count;
    } else if (word.front() != '.') {
      found.name = word;
    }
  }
  if (aligned != 0) found.alignment = aligned;
  if (found.size == 0) return std::nullopt;
  return found;
}

std::optional<image_kernel> read_entry(tokens &from) {
  image_kernel found;
  found.name = from.next();
  if (found.name.empty()) return std::nullopt;
  if (from.peek() == "(") {
    from.next();
    while (from.peek() != ")") {
      auto parameter = read_parameter(from);
      if (!parameter) return std::nullopt;
      found.parameters.push_back(std::move(*parameter));
      if (from.peek() == ",") from.next();
    }
    from.next();
  }
  // Directives, up to the body.
  while (from.peek() != "{" && from.peek() != ";") {
    const std::string_view word = from.next();
    if (word.empty()) return std::nullopt;
    if (word != ".reqntid") continue;
    std::fill_n(found.required_block, 3, 1u);
    for (std::uint32_t &extent : found.required_block) {
      const auto value = number(from.next());
      if (!value) return std::nullopt;
      extent = *value;
      if (from.peek() != ",") break;
      from.next();
    }
  }
  return found;
}

}  // namespace

std::vector<image_kernel> read_ptx(std::string_view text) {
  std::vector<image_kernel> found;
  tokens words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    if (word != ".entry") continue;
    auto kernel = read_entry(words);
    if (!kernel) break;
    found.push_back(std::move(*kernel));
  }
  return found;
}

}  // namespace hal::plugins::cuda
