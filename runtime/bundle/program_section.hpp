// A section of the running program's own ELF file.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "runtime/bundle/file_mapping.hpp"

namespace hal::rt {

struct program_section {
  file_mapping program;
  std::span<const std::byte> bytes;  // within it
};

// Throws hal::error: not_found when the program has no section of that name, invalid_module when its section
// headers lead nowhere.
program_section find_program_section(std::string_view name);

}  // namespace hal::rt
