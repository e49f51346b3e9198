#include "runtime/plugin_rule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

bool contains(const std::vector<std::string> &names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

plugin_rule::plugin_rule(std::string_view text) : text_(text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view name = trim(text.substr(begin, end - begin));
    begin = end + 1;
    if (name.empty()) continue;
    const bool excluded = name.front() == '-';
    if (excluded) name.remove_prefix(1);
    if (!is_name(name)) {
      throw error(
          status::invalid_argument,
          fmt::format("'{}' in the plugin rule '{}' is no plugin's name: lower case letters, digits and "
                      "underscores, after a '-' to exclude.",
                      name, text_));
    }
    std::vector<std::string> &into = excluded ? without_ : only_;
    if (!contains(into, name)) into.emplace_back(name);
  }
  for (const std::string &name : only_) {
    if (contains(without_, name)) {
      throw error(status::invalid_argument,
                  fmt::format("The plugin rule '{}' both asks for '{}' and excludes it.", text_, name));
    }
  }
}

bool plugin_rule::allows(std::string_view name) const noexcept {
  return !contains(without_, name) && (only_.empty() || contains(only_, name));
}

std::size_t plugin_rule::preference(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::find(only_.begin(), only_.end(), name) - only_.begin());
}

}  // namespace hal::rt
