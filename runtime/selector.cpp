#include "runtime/selector.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

std::optional<std::uint32_t> parse_index(std::string_view digits) {
  std::uint32_t value = 0;
  const char *end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || code != std::errc{} || stop != end) return {};
  return value;
}

// Begins with a letter, so that no number and no part of an address is one.
bool is_plugin_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [is_letter](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

bool names(const selector &wanted, const device_entry &entry) {
  if (const auto *index = std::get_if<std::uint32_t>(&wanted)) return entry.index == *index;
  if (const auto *address = std::get_if<pci_address>(&wanted)) return entry.identity.pci == *address;
  if (const auto *id = std::get_if<uuid>(&wanted)) return entry.identity.uuid == *id;
  const auto &way = std::get<plugin_index>(wanted);
  return std::any_of(entry.ways_in.begin(), entry.ways_in.end(), [&way](const device_info &info) {
    return info.plugin == way.plugin && info.index == way.index;
  });
}

std::string best_name(const device_entry &entry) {
  if (!entry.ways_in.empty()) return entry.ways_in.front().selector();
  return entry.identity.pci ? to_string(*entry.identity.pci) : std::to_string(entry.index);
}

// Devices that share their best name are told apart by their indices.
std::string all_names(const std::vector<const device_entry *> &entries) {
  std::vector<std::string> all;
  for (const device_entry *entry : entries) all.push_back(best_name(*entry));
  const std::vector<std::string> names = all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::count(names.begin(), names.end(), names[i]) > 1) all[i] = std::to_string(entries[i]->index);
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

selector parse_selector(std::string_view text) {
  if (const auto index = parse_index(text)) return *index;
  if (const auto address = parse_pci_address(text)) return *address;
  constexpr std::string_view prefix = "uuid:";
  const bool prefixed = text.substr(0, prefix.size()) == prefix;
  if (const auto id = parse_uuid(prefixed ? text.substr(prefix.size()) : text)) return *id;
  const std::size_t colon = text.find(':');
  if (!prefixed && colon != std::string_view::npos && is_plugin_name(text.substr(0, colon))) {
    if (const auto index = parse_index(text.substr(colon + 1))) {
      return plugin_index{std::string(text.substr(0, colon)), *index};
    }
  }
  throw error(
      status::invalid_argument,
      fmt::format(
          "'{}' names no device: a device is an index of the listing (0), a PCI address (0000:17:00.0 or "
          "17:00.0), a UUID (GPU-..., uuid:...) or a plugin's device (cuda:0).",
          text));
}

const device_entry &find(const inventory &listing, std::string_view text) {
  const selector wanted = parse_selector(text);
  std::vector<const device_entry *> all;
  std::vector<const device_entry *> found;
  for (const device_entry &entry : listing.devices) {
    all.push_back(&entry);
    if (names(wanted, entry)) found.push_back(&entry);
  }
  if (found.size() == 1) return *found.front();
  if (found.empty()) {
    throw error(status::not_found,
                all.empty() ? fmt::format("There is no device '{}'; there is none at all.", text)
                            : fmt::format("There is no device '{}'; there are {}.", text, all_names(all)));
  }
  throw error(status::invalid_argument, fmt::format("'{}' names {} devices; one of them is named by {}.",
                                                    text, found.size(), all_names(found)));
}

const device_info &way_in(const device_entry &entry, std::string_view text) {
  if (!entry.usable()) {
    throw error(status::unavailable,
                fmt::format("The device '{}' ({}) cannot be used: {}", text, entry.name,
                            entry.unusable ? entry.unusable->text : "no plugin drives it."));
  }
  const selector wanted = parse_selector(text);
  if (const auto *way = std::get_if<plugin_index>(&wanted)) {
    for (const device_info &info : entry.ways_in) {
      if (info.plugin == way->plugin && info.index == way->index) return info;
    }
  }
  return entry.ways_in.front();
}

}  // namespace hal::rt
