// Files that are there as a whole or not at all.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace hal::ctl {

// Writes every file (name -> content) into an existing folder, readable by all. Each takes the place of one
// of its name in one step; none does before all are on the disk. Throws hal::error, with the file and the
// system's words; the folder is then as before, unless the last step, renaming, failed half-way.
void write_new_files(const std::filesystem::path &folder, const std::map<std::string, std::string> &files);

}  // namespace hal::ctl
