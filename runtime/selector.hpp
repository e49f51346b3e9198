// How a person names a device.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "hal/inventory.hpp"

namespace hal::rt {

struct plugin_index {
  std::string plugin;
  std::uint32_t index = 0;
};

// An index of the listing, a PCI address, a UUID, or a plugin's device.
using selector = std::variant<std::uint32_t, pci_address, uuid, plugin_index>;

// "0" | "0000:17:00.0" | "17:00.0" | "uuid:<uuid>" | "<uuid>" | "GPU-<uuid>" | "cuda:0". Throws hal::error,
// invalid_argument, with the grammar.
selector parse_selector(std::string_view text);

// The one entry it names. Throws hal::error: not_found with what there is, invalid_argument when several
// match (partitions share an address) with how to tell them apart.
const device_entry &find(const inventory &listing, std::string_view text);

// The way in that it names: of a plugin's device that plugin's, else the preferred one. Throws hal::error,
// unavailable, with the reason when there is none.
const device_info &way_in(const device_entry &entry, std::string_view text);

}  // namespace hal::rt
