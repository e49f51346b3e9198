#include "discovery/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace hal::discovery {
namespace {

constexpr std::string_view table_text =
#include "discovery/models.inc"
    ;

constexpr std::size_t column_count = 8;
constexpr std::uint64_t gigabyte = 1'000'000'000;

std::optional<std::uint16_t> hex(std::string_view digits) {
  std::uint16_t value = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != 4 || code != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (;;) {
    const std::size_t end = text.find(',');
    all.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return all;
    text.remove_prefix(end + 1);
  }
}

// The bits of names as hal/device_info.hpp has them; nothing for a name that does not exist.
std::optional<std::uint64_t> data_types_of(std::string_view text) {
  std::uint64_t types = 0;
  for (const std::string &word : words(text)) {
    std::uint64_t found = 0;
    for (unsigned bit = 0; bit < 64 && found == 0; ++bit) {
      const auto names = data_type_names(std::uint64_t{1} << bit);
      if (!names.empty() && names.front() == word) found = std::uint64_t{1} << bit;
    }
    if (found == 0) return std::nullopt;
    types |= found;
  }
  return types;
}

// What is wrong with the line, or an empty text.
std::string read_line(std::string_view line, model &made) {
  std::array<std::string_view, column_count> column;
  for (std::size_t i = 0; i < column_count; ++i) {
    const std::size_t tab = line.find('\t');
    column[i] = line.substr(0, tab);
    const bool last = i + 1 == column_count;
    if ((tab == std::string_view::npos) != last || column[i].empty())
      return "expected eight columns, none empty, with one tab between them";
    if (!last) line.remove_prefix(tab + 1);
  }
  const auto &[vendor, device, plugin, formats, targets, types, memory, note] = column;
  const std::size_t dash = device.find('-');
  const auto owner = hex(vendor);
  const auto first = hex(device.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : hex(device.substr(dash + 1));
  if (!owner || !first || !last || *first > *last)
    return fmt::format("given {} {}, expected four hexadecimal digits and a device or a rising range", vendor,
                       device);
  const auto known = data_types_of(types);
  if (!known) return fmt::format("given data types \"{}\", of which one does not exist", types);
  std::uint64_t gigabytes = 0;
  if (memory != "-") {
    const auto [stop, code] = std::from_chars(memory.data(), memory.data() + memory.size(), gigabytes);
    if (code != std::errc{} || stop != memory.data() + memory.size() || gigabytes == 0 || gigabytes > 100'000)
      return fmt::format("given memory \"{}\", expected GB or -", memory);
  }
  made = {*owner, *first, *last, plugin, words(formats), words(targets), *known, gigabytes * gigabyte, note};
  return {};
}

}  // namespace

model_table parse_models(std::string_view text) {
  model_table table;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    model made;
    const std::string fault = read_line(line, made);
    if (fault.empty()) {
      table.models.push_back(std::move(made));
    } else {
      table.errors.push_back(fmt::format("line {}: {}", number, fault));
    }
  }
  std::stable_sort(table.models.begin(), table.models.end(), [](const model &a, const model &b) {
    return a.device_last - a.device_first < b.device_last - b.device_first;
  });
  return table;
}

const model_table &built_in_models() {
  static const model_table table = parse_models(table_text);
  return table;
}

const model *find_model(std::uint32_t vendor, std::uint32_t device, const model_table &from) {
  const auto found = std::find_if(from.models.begin(), from.models.end(), [&](const model &one) {
    return one.vendor == vendor && one.device_first <= device && device <= one.device_last;
  });
  return found == from.models.end() ? nullptr : &*found;
}

device_info assume(const model &from, std::uint32_t index) {
  device_info info;
  info.plugin = from.plugin;
  info.index = index;
  info.vendor_id = from.vendor;
  info.module_formats = from.module_formats;
  info.targets = from.targets;
  info.data_types = from.data_types;
  info.memory_total = from.memory;
  info.max_allocation = from.memory;
  info.features = HAL_FEATURE_KERNELS | HAL_FEATURE_ADDRESSES;
  return info;
}

}  // namespace hal::discovery
