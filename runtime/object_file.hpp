// A shared object's file, looked at before it is loaded.
#pragma once

#include <filesystem>

namespace hal::rt {

// Throws hal::error, unavailable, when the file is not there, is no plain file, cannot be read, is damaged or
// is made for another machine: what would make the dynamic linker wait, give a poor answer or end the
// process.
void check_object_file(const std::filesystem::path &file);

}  // namespace hal::rt
