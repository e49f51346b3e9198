// Files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace hal::rt {

// Writes a temporary file beside `file` and lets it take its place. `mode`: its permissions, less the
// process's umask. Throws hal::error, permission_denied or unavailable, with the system's words; nothing is
// left behind then.
void write_whole_file(const std::filesystem::path &file, std::span<const std::byte> bytes,
                      unsigned mode = 0666);

}  // namespace hal::rt
