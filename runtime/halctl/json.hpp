// The inventory as JSON. docs/halctl-list-schema.md documents every field; changing one changes its number.
#pragma once

#include <nlohmann/json.hpp>

#include "hal/inventory.hpp"

namespace hal::ctl {

// Keeps the order in which fields are added: for people who read it.
using json = nlohmann::ordered_json;

inline constexpr int schema_version = 1;

json to_json(const device_entry &entry);
json to_json(const plugin_entry &entry);
json to_json(const device_property &property);
json to_json(const device_metrics &metrics);

// Every capability of a way in, by key (devices/capability.hpp). What is not known is left out.
json capabilities_to_json(const device_info &info);

// {"schema": 1, ...} with a line end behind it. Text that is no UTF-8 gets replacement characters.
std::string document(json content);

}  // namespace hal::ctl
