#include "runtime/bundle/program_section.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstring>
#include <string>

#include "hal/error.hpp"

namespace hal::rt {
namespace {

using bytes = std::span<const std::byte>;

// The part [offset, offset + size) of the file.
bytes part(bytes file, std::uint64_t offset, std::uint64_t size) {
  if (offset > file.size() || size > file.size() - offset)
    throw error(status::invalid_module, "The program's file has section headers that reach beyond its end.");
  return file.subspan(offset, size);
}

template <typename Record>
Record record(bytes file, std::uint64_t offset) {
  Record read;
  std::memcpy(&read, part(file, offset, sizeof read).data(), sizeof read);
  return read;
}

}  // namespace

program_section find_program_section(std::string_view name) {
  file_mapping program("/proc/self/exe");
  const bytes file = program.bytes();
  const auto header = record<ElfW(Ehdr)>(file, 0);
  const auto section = [&](std::uint64_t index) {
    return record<ElfW(Shdr)>(file, header.e_shoff + index * header.e_shentsize);
  };
  if (header.e_shnum != 0) {
    const auto names = section(header.e_shstrndx);
    const bytes text = part(file, names.sh_offset, names.sh_size);
    for (std::uint64_t index = 0; index < header.e_shnum; ++index) {
      const auto candidate = section(index);
      if (candidate.sh_name >= text.size() || candidate.sh_type == SHT_NOBITS) continue;
      const char *begin = reinterpret_cast<const char *>(text.data()) + candidate.sh_name;
      if (std::string_view(begin, strnlen(begin, text.size() - candidate.sh_name)) != name) continue;
      const bytes found = part(file, candidate.sh_offset, candidate.sh_size);
      return {std::move(program), found};
    }
  }
  throw error(status::not_found, fmt::format("The program has no section '{}'.", name));
}

}  // namespace hal::rt
