#include "runtime/compile/ir_text.hpp"

#include <algorithm>
#include <set>

namespace hal::rt {
namespace {

// The end of the bracket that opens at `at`; npos when there is none.
std::size_t closing(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '<' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == '>' || c == ']' || c == '}') && --depth == 0) return at;
  }
  return std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

// The length of the type that the text begins with.
std::size_t type_length(std::string_view text) {
  constexpr std::string_view space = "ptr addrspace(";
  if (text.starts_with(space)) return text.find(')') + 1;
  if (text.starts_with("<") || text.starts_with("{") || text.starts_with("[")) return closing(text, 0) + 1;
  if (text.starts_with("target(")) return closing(text, 6) + 1;
  if (text.starts_with("%\"")) return text.find('"', 2) + 1;
  return std::min(text.find(' '), text.size());
}

ir_parameter read_parameter(std::string_view text) {
  const std::size_t length = std::min(type_length(text), text.size());
  ir_parameter read{std::string(text.substr(0, length)), {}, std::string(trimmed(text.substr(length)))};
  for (const std::string_view key : {"byval(", "byref("}) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) continue;
    const std::size_t open = at + key.size() - 1;
    read.by_value = text.substr(open + 1, closing(text, open) - open - 1);
  }
  return read;
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t at = 0; at < list.size(); ++at) {
    const char c = list[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '<' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == '>' || c == ']' || c == '}') --depth;
    if (c != ',' || depth != 0) continue;
    parts.push_back(trimmed(list.substr(from, at - from)));
    from = at + 1;
  }
  const std::string_view last = trimmed(list.substr(from));
  if (!last.empty()) parts.push_back(last);
  return parts;
}

std::string_view symbol_at(std::string_view text, std::size_t at) {
  if (at + 1 < text.size() && text[at + 1] == '"') {
    const std::size_t end = text.find('"', at + 2);
    return end == std::string_view::npos ? std::string_view() : text.substr(at + 2, end - at - 2);
  }
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '$' || c == '-';
  };
  std::size_t end = at + 1;
  while (end < text.size() && is_name(text[end])) ++end;
  return text.substr(at + 1, end - at - 1);
}

ir_text::ir_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines_.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (std::size_t line = 0; line < lines_.size(); ++line) {
    if (lines_[line].starts_with("define ")) read_function(lines_, line);
  }
}

void ir_text::read_function(const std::vector<std::string_view> &lines, std::size_t first) {
  const std::string_view head = lines[first];
  const std::size_t at = head.find('@');
  if (at == std::string_view::npos) return;
  const std::string_view name = symbol_at(head, at);
  const std::string_view before = head.substr(0, at);
  const bool is_kernel = before.find("_kernel ") != std::string_view::npos;
  if (is_kernel) {
    ir_kernel kernel;
    kernel.name = name;
    const std::size_t open = head.find('(', at + name.size());
    const std::size_t close = closing(head, open);
    for (const std::string_view part : split_list(head.substr(open + 1, close - open - 1)))
      kernel.parameters.push_back(read_parameter(part));
    std::string_view rest = head.substr(close);
    for (std::size_t mark = rest.find('!'); mark != std::string_view::npos; mark = rest.find('!', mark + 1)) {
      const std::size_t value = rest.find('!', mark + 1);
      if (value == std::string_view::npos) break;
      const std::size_t end = rest.find_first_of(" {", value);
      kernel.references.emplace_back(rest.substr(mark + 1, end - mark - 1));
      mark = value;
    }
    kernels_.push_back(std::move(kernel));
  }
  function read{std::string(name), {}};
  std::set<std::string_view> uses;
  for (std::size_t line = first + 1; line < lines.size() && lines[line] != "}"; ++line) {
    for (std::size_t use = lines[line].find('@'); use != std::string_view::npos;
         use = lines[line].find('@', use + 1))
      uses.insert(symbol_at(lines[line], use));
  }
  read.uses.assign(uses.begin(), uses.end());
  functions_.push_back(std::move(read));
}

std::vector<std::string> ir_text::called_by(const std::string &kernel) const {
  std::set<std::string> all;
  std::vector<std::string> next = {kernel};
  while (!next.empty()) {
    const std::string name = std::move(next.back());
    next.pop_back();
    const auto at = std::find_if(functions_.begin(), functions_.end(),
                                 [&](const function &known) { return known.name == name; });
    if (at == functions_.end()) continue;
    for (const std::string &use : at->uses) {
      if (all.insert(use).second) next.push_back(use);
    }
  }
  return {all.begin(), all.end()};
}

std::string_view ir_text::definition_of(std::string_view name) const {
  for (const std::string_view line : lines_) {
    if (line.size() > name.size() && line.starts_with(name) && line.substr(name.size()).starts_with(" = "))
      return line.substr(name.size() + 3);
  }
  return {};
}

}  // namespace hal::rt
