// The folder that `halctl new-plugin` writes: plugins/template/ of the HAL's source, which is built into this
// program, under another name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hal::ctl {

struct new_plugin {
  std::string name;                             // as in the manifest
  std::optional<std::uint16_t> vendor_id = {};  // PCI; nothing: the plugin is asked on every machine
  std::string vendor = "Example Vendor";        // for people
};

// Content by path within the folder.
using folder_content = std::map<std::string, std::string>;

// Pure. Throws hal::error, invalid_argument, that names the wrong value.
folder_content render_plugin(const new_plugin &wanted);

// "0x10de". Throws hal::error, invalid_argument.
std::uint16_t parse_vendor_id(std::string_view text);

// Writes all of it or nothing: into a folder beside `folder`, which then takes its place. `folder` does not
// exist or is empty, its parent exists. Throws hal::error.
void write_folder(const std::filesystem::path &folder, const folder_content &content);

}  // namespace hal::ctl
