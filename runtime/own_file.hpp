// Files that belong to the library and are not linked to it.
#pragma once

#include <filesystem>

namespace hal::rt {

// `folder` beside the library's own in the build tree that it was built in, else hal/ below the library's
// folder, as installed. The file need not be there; empty when the library's folder cannot be told.
std::filesystem::path own_file(const std::filesystem::path &folder, const std::filesystem::path &name);

}  // namespace hal::rt
