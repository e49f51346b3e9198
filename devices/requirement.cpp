#include "hal/requirement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "devices/capability.hpp"
#include "devices/text.hpp"
#include "hal/error.hpp"

namespace hal {
namespace {

using relation = requirement::relation;

// What somebody typed may hold anything, a zero above all, which would end the sentence.
[[noreturn]] void refuse(const std::string &sentence) {
  throw error(status::invalid_argument, devices::printable(sentence));
}

struct relation_name {
  std::string_view text;
  relation op;
};

// Two-character operators first, so that ">=" is not read as ">".
constexpr relation_name relations[] = {
    {">=", relation::greater_equal}, {"<=", relation::less_equal}, {"==", relation::equal},
    {"!=", relation::not_equal},     {"~=", relation::matches},    {">", relation::greater},
    {"<", relation::less},
};

struct size_unit {
  std::string_view text;
  std::uint64_t factor;
};

constexpr size_unit size_units[] = {
    {"", 1},
    {"B", 1},
    {"KiB", 1ull << 10},
    {"MiB", 1ull << 20},
    {"GiB", 1ull << 30},
    {"TiB", 1ull << 40},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
};

std::string_view name_of(relation op) {
  for (const relation_name &candidate : relations) {
    if (candidate.op == op) return candidate.text;
  }
  return "";
}

const devices::capability &capability_of(const requirement &need) {
  if (const devices::capability *found = devices::find_capability(need.key)) return *found;
  refuse(fmt::format("There is no capability named '{}'; `halctl show` lists those there are.", need.key));
}

template <typename Value>
bool compare(relation op, const Value &have, const Value &want) {
  switch (op) {
    case relation::equal:
      return have == want;
    case relation::not_equal:
      return have != want;
    case relation::less:
      return have < want;
    case relation::less_equal:
      return have <= want;
    case relation::greater:
      return have > want;
    case relation::greater_equal:
      return have >= want;
    case relation::present:
    case relation::matches:
      break;
  }
  return false;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

// Text compares without regard to case: nobody remembers how a vendor capitalises itself.
bool meets_text(const requirement &need, std::string_view have) {
  const auto *want = std::get_if<std::string>(&need.value);
  if (want == nullptr) return false;
  if (need.op == relation::matches) return devices::matches(lower(*want), lower(have));
  return compare(need.op, lower(have), lower(*want));
}

// 0 and empty mean "not known", but for flags.
bool is_known(const devices::capability_value &value) {
  if (const auto *number = std::get_if<std::uint64_t>(&value)) return *number != 0;
  if (const auto *text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto *list = std::get_if<std::vector<std::string>>(&value)) return !list->empty();
  return true;
}

bool meets(const requirement &need, const devices::capability_value &have) {
  if (const auto *flag = std::get_if<bool>(&have)) {
    if (need.op == relation::present) return *flag;
    const auto *want = std::get_if<std::uint64_t>(&need.value);
    return want != nullptr && compare(need.op, std::uint64_t{*flag}, *want);
  }
  if (!is_known(have)) return false;
  if (need.op == relation::present) return true;
  if (const auto *number = std::get_if<std::uint64_t>(&have)) {
    const auto *want = std::get_if<std::uint64_t>(&need.value);
    return want != nullptr && compare(need.op, *number, *want);
  }
  if (const auto *text = std::get_if<std::string>(&have)) return meets_text(need, *text);
  const auto &list = std::get<std::vector<std::string>>(have);
  const auto member_meets = [&need](const std::string &member) { return meets_text(need, member); };
  return need.op == relation::not_equal ? std::all_of(list.begin(), list.end(), member_meets)
                                        : std::any_of(list.begin(), list.end(), member_meets);
}

std::string text_of(const devices::capability_value &value, std::string_view unit) {
  if (const auto *flag = std::get_if<bool>(&value)) return *flag ? "present" : "not present";
  if (!is_known(value)) return "not known";
  if (const auto *number = std::get_if<std::uint64_t>(&value)) {
    return unit.empty() ? fmt::format("{}", *number) : fmt::format("{} {}", *number, unit);
  }
  if (const auto *text = std::get_if<std::string>(&value)) return *text;
  return fmt::format("{}", fmt::join(std::get<std::vector<std::string>>(value), " "));
}

std::uint64_t parse_number(std::string_view text, std::string_view whole) {
  std::uint64_t number = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(stop, text.data() + text.size() - stop);
  const auto found = std::find_if(std::begin(size_units), std::end(size_units),
                                  [unit](const size_unit &candidate) { return candidate.text == unit; });
  if (code != std::errc{} || found == std::end(size_units) ||
      number > std::numeric_limits<std::uint64_t>::max() / found->factor) {
    refuse(
        fmt::format("'{}' in the requirement '{}' is not a number, with or without one of the units B, KiB, "
                    "MiB, GiB, TiB, kB, MB, GB and TB.",
                    text, whole));
  }
  return number * found->factor;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// `whole` is the list that it stands in.
requirement parse_requirement(std::string_view text, std::string_view whole) {
  requirement need;
  std::string_view value;
  std::size_t where = std::string_view::npos;
  for (const relation_name &candidate : relations) {
    const std::size_t at = text.find(candidate.text);
    if (at < where) {
      where = at;
      need.op = candidate.op;
      value = trim(text.substr(at + candidate.text.size()));
    }
  }
  need.key = std::string(trim(text.substr(0, where)));
  if (need.key.empty()) {
    refuse(fmt::format("The requirement '{}' in '{}' is empty or names no capability.", text, whole));
  }
  const devices::capability &entry = capability_of(need);
  if (need.op == relation::present) return need;
  if (value.empty()) {
    refuse(fmt::format("The requirement '{}' names no value.", text));
  }
  const devices::capability_value shape = entry.read({});
  const bool numeric = std::holds_alternative<bool>(shape) || std::holds_alternative<std::uint64_t>(shape);
  if (numeric && need.op == relation::matches) {
    refuse(fmt::format("The requirement '{}' matches a pattern, but {} is a number.", text, need.key));
  }
  if (numeric) {
    need.value = parse_number(value, text);
  } else {
    need.value = std::string(value);
  }
  return need;
}

}  // namespace

std::optional<std::string> unmet(const device_info &info, const requirements &needs) {
  for (const requirement &need : needs) {
    const devices::capability &entry = capability_of(need);
    const devices::capability_value have = entry.read(info);
    if (meets(need, have)) continue;
    return fmt::format("{} is {}; {} is required", need.key, text_of(have, entry.unit), to_string(need));
  }
  return {};
}

requirements parse_requirements(std::string_view text) {
  requirements needs;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    needs.push_back(parse_requirement(text.substr(begin, end - begin), text));
    begin = end + 1;
  }
  return needs;
}

std::string to_string(const requirement &need) {
  if (need.op == relation::present) return need.key;
  if (const auto *number = std::get_if<std::uint64_t>(&need.value)) {
    return fmt::format("{}{}{}", need.key, name_of(need.op), *number);
  }
  return fmt::format("{}{}{}", need.key, name_of(need.op), std::get<std::string>(need.value));
}

}  // namespace hal
