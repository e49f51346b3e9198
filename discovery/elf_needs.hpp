// What a shared object says of itself and of what it needs, read from its file. Nothing of it is run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hal::discovery {

struct elf_needs {
  std::string fault;   // why it cannot be loaded, as the end of a sentence; empty: nothing that can be seen
  std::string soname;  // DT_SONAME
  std::vector<std::string> needed;   // DT_NEEDED
  std::vector<std::string> runpath;  // DT_RUNPATH, else DT_RPATH, with $ORIGIN replaced
};

elf_needs read_elf_needs(const std::filesystem::path &file);

}  // namespace hal::discovery
