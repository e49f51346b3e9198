// Manifests as files: JSON beside the plugin's shared object. docs/plugin-guide.md describes the format.
#pragma once

#include <filesystem>

#include "discovery/manifest.hpp"

namespace hal::rt {

// Reads one. Throws hal::error, invalid_argument, that names the file, the key and the value. Keys that are
// not known are left alone: they are a newer version's.
discovery::manifest read_manifest(const std::filesystem::path &file);

}  // namespace hal::rt
