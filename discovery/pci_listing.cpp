#include "discovery/pci_listing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "discovery/pci_dump.hpp"
#include "discovery/sysfs_files.hpp"

namespace hal::discovery {
namespace {

std::optional<std::uint32_t> hex(std::string_view digits, std::size_t count) {
  if (digits.size() != count || digits.starts_with("0x")) return std::nullopt;
  return sysfs::parse_number<std::uint32_t>(digits, 0xffffffff, 16);
}

// "0001:00:00.0 3D controller [0302]: NVIDIA Corporation GA100 [A100 SXM4 80GB] [10de:20b2] (rev a1)"
std::optional<pci_function> parse_function(std::string_view line) {
  const auto address = parse_pci_address(line.substr(0, line.find(' ')));
  const std::size_t class_end = line.find("]: ");
  if (!address || class_end == std::string_view::npos || class_end < 5) return std::nullopt;
  const auto class_code = hex(line.substr(class_end - 4, 4), 4);
  if (!class_code || line[class_end - 5] != '[') return std::nullopt;
  pci_function out;
  out.address = *address;
  out.class_code = *class_code << 8;

  const std::string_view rest = line.substr(class_end + 3);
  for (std::size_t at = rest.rfind('['); at != std::string_view::npos && !out.vendor;
       at = at == 0 ? std::string_view::npos : rest.rfind('[', at - 1)) {
    const std::string_view ids = rest.substr(at + 1, rest.find(']', at) - at - 1);
    if (ids.size() != 9 || ids[4] != ':') continue;
    const auto vendor = hex(ids.substr(0, 4), 4);
    const auto device = hex(ids.substr(5), 4);
    if (!vendor || !device) continue;
    out.vendor = static_cast<std::uint16_t>(*vendor);
    out.device = static_cast<std::uint16_t>(*device);
  }
  if (!out.vendor) return std::nullopt;
  if (const std::size_t at = rest.rfind("(rev "); at != std::string_view::npos) {
    if (const auto revision = hex(rest.substr(at + 5, 2), 2))
      out.revision = static_cast<std::uint8_t>(*revision);
  }
  return out;
}

template <typename Use>
void for_each_line(std::string_view text, const Use &use) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    use(line, number);
  }
}

bool is_row(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon < 2 || colon > 8 || colon == std::string_view::npos) return false;
  return hex(line.substr(0, colon), colon) && hex(line.substr(colon + 2, 2), 2);
}

}  // namespace

provider_result read_pci_listing(std::string_view text) {
  provider_result result;
  bool any_driver = false;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (line.empty()) return;
    if (line.front() == '\t' || line.front() == ' ') {
      constexpr std::string_view label = "\tKernel driver in use: ";
      if (!line.starts_with(label) || result.functions.empty()) return;
      const std::string_view driver = line.substr(label.size());
      if (sysfs::is_plain_word(driver)) result.functions.back().driver = std::string(driver);
      any_driver = true;
      return;
    }
    if (auto function = parse_function(line)) {
      result.functions.push_back(std::move(*function));
    } else {
      result.warnings.push_back(
          {std::nullopt,
           fmt::format(
               "Line {} of the listing is no PCI function with its class and ids, as lspci -nn writes it; "
               "it was left out.",
               number)});
    }
  });
  // In a listing with drivers, a function without one has none.
  if (any_driver) {
    for (pci_function &function : result.functions) {
      if (!function.driver) function.driver = "";
    }
  }
  std::stable_sort(result.functions.begin(), result.functions.end(),
                   [](const pci_function &a, const pci_function &b) { return a.address < b.address; });
  return result;
}

provider_result pci_listing_provider::scan() const {
  std::string text;
  std::string error;
  if (!read_plain_file(path_, text, error)) {
    return {{}, {{std::nullopt, fmt::format("The listing {} could not be read: {}.", path_, error)}}, {}};
  }
  return read_pci_listing(text);
}

pci_text kind_of_pci_text(std::string_view text) {
  bool any_address = false;
  bool any_row = false;
  bool any_listed = false;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    if (any_row) return;
    if (parse_function(line)) any_listed = true;
    if (parse_pci_address(line.substr(0, line.find(' ')))) any_address = true;
    if (any_address && is_row(line)) any_row = true;
  });
  if (any_row) return pci_text::dump;
  return any_listed ? pci_text::listing : pci_text::neither;
}

}  // namespace hal::discovery
