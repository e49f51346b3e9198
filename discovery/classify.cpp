#include "discovery/classify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <tuple>
#include <utility>

namespace hal::discovery {
namespace {

constexpr std::string_view table_text =
#include "discovery/accelerators.inc"
    ;

constexpr std::size_t column_count = 6;

std::optional<std::uint32_t> hex(std::string_view digits, std::size_t count) {
  std::uint32_t value = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != count || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool read_device(std::string_view text, rule &out) {
  if (text == "*") return true;
  const std::size_t dash = text.find('-');
  const auto first = hex(text.substr(0, dash), 4);
  const auto last = dash == std::string_view::npos ? first : hex(text.substr(dash + 1), 4);
  if (!first || !last || *first > *last) return false;
  out.device_first = static_cast<std::uint16_t>(*first);
  out.device_last = static_cast<std::uint16_t>(*last);
  return true;
}

bool read_class(std::string_view text, rule &out) {
  if (text == "*") return true;
  if (text.size() != 2 && text.size() != 4 && text.size() != 6) return false;
  const auto value = hex(text, text.size());
  if (!value) return false;
  const unsigned shift = 4 * (6 - static_cast<unsigned>(text.size()));
  out.class_code = *value << shift;
  out.class_mask = (0xffffffu << shift) & 0xffffffu;
  return true;
}

struct columns {
  std::array<std::string_view, column_count> at;
};

std::optional<columns> split(std::string_view line) {
  columns out;
  for (std::size_t index = 0; index < column_count; ++index) {
    const std::size_t tab = line.find('\t');
    const bool last = index + 1 == column_count;
    if ((tab == std::string_view::npos) != last) return std::nullopt;
    out.at[index] = line.substr(0, tab);
    if (out.at[index].empty()) return std::nullopt;
    if (!last) line.remove_prefix(tab + 1);
  }
  return out;
}

// What is wrong with the line, or an empty text.
std::string read_line(std::string_view line, int number, rule_table &table) {
  const auto column = split(line);
  if (!column) return "expected six columns, none empty, with one tab between them";
  const auto &[kind, vendor, device, class_text, type, note] = column->at;

  rule entry;
  entry.line = number;
  entry.note = note;
  if (vendor != "*") {
    const auto value = hex(vendor, 4);
    if (!value) return fmt::format("given vendor \"{}\", expected four hexadecimal digits or *", vendor);
    entry.vendor = static_cast<std::uint16_t>(*value);
  }
  if (!read_device(device, entry)) {
    return fmt::format("given device \"{}\", expected four hexadecimal digits, a rising range of them or *",
                       device);
  }
  if (!read_class(class_text, entry)) {
    return fmt::format("given class \"{}\", expected two, four or six hexadecimal digits or *", class_text);
  }

  if (kind == "vendor") {
    if (!entry.vendor || entry.device_first || entry.class_mask != 0 || type != "-") {
      return "a vendor line names a vendor and nothing else";
    }
    table.vendors.push_back({*entry.vendor, note});
    return {};
  }
  if (kind != "accelerator" && kind != "decoy") {
    return fmt::format("given \"{}\", expected accelerator, decoy or vendor", kind);
  }
  if (entry.device_first && !entry.vendor) return "a device id means nothing without its vendor";
  if (!entry.vendor && entry.class_mask == 0) return "the rule agrees with everything";
  entry.counts_as = kind == "decoy" ? verdict::decoy : verdict::accelerator;
  if (entry.counts_as == verdict::accelerator) {
    const auto known = parse_device_type(type);
    if (!known) return fmt::format("given type \"{}\", which is unknown", type);
    entry.type = *known;
  } else if (type != "-") {
    return fmt::format("given type \"{}\", but a decoy has none", type);
  }
  table.rules.push_back(entry);
  return {};
}

// Larger is more specific: a device before a range of devices before a vendor, then the longer class.
auto specificity(const rule &entry) {
  const int devices = !entry.device_first ? 0 : entry.device_first == entry.device_last ? 2 : 1;
  return std::tuple(devices, entry.vendor.has_value(), std::popcount(entry.class_mask));
}

auto pattern(const rule &entry) {
  return std::tie(entry.vendor, entry.device_first, entry.device_last, entry.class_code, entry.class_mask);
}

bool agrees(const rule &entry, const pci_function &function) noexcept {
  if (entry.vendor && function.vendor != entry.vendor) return false;
  if (entry.device_first &&
      (!function.device || *function.device < *entry.device_first || *function.device > *entry.device_last)) {
    return false;
  }
  return entry.class_mask == 0 ||
         (function.class_code && ((*function.class_code ^ entry.class_code) & entry.class_mask) == 0);
}

const rule *first_that_agrees(const pci_function &function, const rule_table &rules) noexcept {
  const auto at = std::find_if(rules.rules.begin(), rules.rules.end(),
                               [&function](const rule &entry) { return agrees(entry, function); });
  return at == rules.rules.end() ? nullptr : &*at;
}

std::string pattern_in_words(const rule &entry) {
  std::string text;
  if (entry.device_first) {
    text = fmt::format("id {:04x}:{:04x}", *entry.vendor, *entry.device_first);
    if (entry.device_first != entry.device_last) text += fmt::format("-{:04x}", *entry.device_last);
  } else if (entry.vendor) {
    text = fmt::format("vendor {:04x}", *entry.vendor);
  }
  if (entry.class_mask != 0) {
    const int digits = std::popcount(entry.class_mask) / 4;
    text += fmt::format("{}class {:0{}x}", text.empty() ? "" : " with ",
                        entry.class_code >> (24 - 4 * digits), digits);
  }
  return text;
}

}  // namespace

rule_table parse_rules(std::string_view text) {
  rule_table table;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string wrong = read_line(line, number, table);
    if (!wrong.empty()) table.errors.push_back(fmt::format("line {}: {}", number, wrong));
  }
  std::stable_sort(table.rules.begin(), table.rules.end(), [](const rule &a, const rule &b) {
    const auto of_a = specificity(a);
    const auto of_b = specificity(b);
    return of_a != of_b ? of_a > of_b : pattern(a) < pattern(b);
  });
  for (std::size_t index = 1; index < table.rules.size(); ++index) {
    const rule &before = table.rules[index - 1];
    const rule &entry = table.rules[index];
    if (pattern(before) == pattern(entry)) {
      table.errors.push_back(fmt::format("line {}: repeats line {}", entry.line, before.line));
    }
  }
  std::stable_sort(table.vendors.begin(), table.vendors.end(),
                   [](const vendor_name &a, const vendor_name &b) { return a.vendor < b.vendor; });
  for (std::size_t index = 1; index < table.vendors.size(); ++index) {
    if (table.vendors[index].vendor == table.vendors[index - 1].vendor) {
      table.errors.push_back(fmt::format("vendor {:04x} is named twice", table.vendors[index].vendor));
    }
  }
  return table;
}

const rule_table &built_in_rules() {
  static const rule_table table = parse_rules(table_text);
  return table;
}

verdict counts_as(const pci_function &function, const rule_table &rules) noexcept {
  const rule *const decides = first_that_agrees(function, rules);
  return decides ? decides->counts_as : verdict::neither;
}

classification classify(const pci_function &function, const rule_table &rules) {
  if (const rule *const decides = first_that_agrees(function, rules)) {
    return {decides->counts_as, decides->type,
            fmt::format("{}: {}", pattern_in_words(*decides), decides->note)};
  }
  if (!function.class_code) return {verdict::neither, device_type::other, "its class could not be read"};
  return {verdict::neither, device_type::other,
          fmt::format("no rule for class {:04x} or id {}", *function.class_code >> 8, ids(function))};
}

std::string_view short_vendor_name(std::uint16_t vendor, const rule_table &rules) noexcept {
  const auto at =
      std::lower_bound(rules.vendors.begin(), rules.vendors.end(), vendor,
                       [](const vendor_name &entry, std::uint16_t id) { return entry.vendor < id; });
  return at != rules.vendors.end() && at->vendor == vendor ? at->name : std::string_view();
}

}  // namespace hal::discovery
