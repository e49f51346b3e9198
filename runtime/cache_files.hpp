// Files in the user's cache folder: nobody else's words are taken for this user's.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace hal::rt {

// A folder, no link, that is this user's and that nobody else may write.
bool is_own_folder(const std::filesystem::path &folder);
// Every folder of the path that lacks; the last one is for this user only.
void make_own_folder(const std::filesystem::path &folder);

// The whole of a plain file, no link, that is this user's and that nobody else may write. Nothing for any
// other, or when it has more than `most` bytes. `used`: the file's time becomes now, so that it counts as
// used.
std::optional<std::string> read_own_file(const std::filesystem::path &file, std::size_t most,
                                         bool used = false);

}  // namespace hal::rt
