// Binaries of image.hpp: cubins are ELF files for machine 190 (EM_CUDA), fatbins a header and parts.
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include "hal/plugin/image_bytes.hpp"
#include "plugins/cuda/image.hpp"

namespace hal::plugins::cuda {
namespace {

constexpr std::uint16_t cuda_machine = 190;
constexpr std::uint32_t fatbin_magic = 0xba55ed50;

using bytes = std::span<const std::byte>;
using plugin::cut_short;
using plugin::holds;
using plugin::read;

// A name in a string table, as far as it is terminated.
std::string_view name_at(bytes image, const Elf64_Shdr &names, std::uint32_t offset) {
  if (offset >= names.sh_size) return {};
  const char *text = reinterpret_cast<const char *>(image.data()) + names.sh_offset + offset;
  return {text, strnlen(text, names.sh_size - offset)};
}

// Records of .nv.info.<kernel>: a format byte, an attribute byte, and two or more bytes of value.
struct info_record {
  std::uint8_t attribute;
  bytes value;
};

template <typename Visit>
void for_each_info(bytes section, Visit &&visit) {
  constexpr std::uint8_t sized = 4;
  while (section.size() >= 4) {
    const auto format = std::to_integer<std::uint8_t>(section[0]);
    const auto attribute = std::to_integer<std::uint8_t>(section[1]);
    std::size_t size = 0;
    if (format == sized) size = read<std::uint16_t>(section, 2);
    if (!holds(section, 4, size)) return;
    visit(info_record{attribute, section.subspan(4, size)});
    section = section.subspan(4 + size);
  }
}

std::uint32_t alignment_of(std::uint32_t offset, std::uint32_t size) {
  const std::uint32_t both = offset | size | 16u;
  return 1u << std::countr_zero(both);
}

image_kernel read_kernel(std::string name, bytes info) {
  constexpr std::uint8_t required_block = 0x10;
  constexpr std::uint8_t parameter = 0x17;
  image_kernel found;
  found.name = std::move(name);
  std::map<std::uint16_t, image_parameter> by_ordinal;
  for_each_info(info, [&](const info_record &record) {
    if (record.attribute == parameter && record.value.size() >= 12) {
      const auto ordinal = read<std::uint16_t>(record.value, 4);
      const auto offset = read<std::uint16_t>(record.value, 6);
      const std::uint32_t size = read<std::uint32_t>(record.value, 8) >> 18;
      by_ordinal[ordinal] = {HAL_ARGUMENT_VALUE, size, alignment_of(offset, size), {}};
    } else if (record.attribute == required_block && record.value.size() >= 12) {
      for (std::size_t axis = 0; axis < 3; ++axis)
        found.required_block[axis] = read<std::uint32_t>(record.value, 4 * axis);
    }
  });
  for (auto &[ordinal, one] : by_ordinal) found.parameters.push_back(std::move(one));
  return found;
}

}  // namespace

std::string cubin_fault(bytes image) {
  if (image.size() < SELFMAG || std::memcmp(image.data(), ELFMAG, SELFMAG) != 0)
    return "it is not an ELF file";
  if (!holds(image, 0, sizeof(Elf64_Ehdr))) return cut_short("its header", 0, sizeof(Elf64_Ehdr), image);
  const auto header = read<Elf64_Ehdr>(image, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return "it is not a 64-bit little-endian ELF file";
  if (header.e_machine != cuda_machine) {
    return fmt::format("it is made for machine {}; a cubin is for machine {}", header.e_machine,
                       cuda_machine);
  }
  if (header.e_phnum != 0) {
    if (header.e_phentsize != sizeof(Elf64_Phdr)) return "its program headers have an unknown size";
    const std::uint64_t size = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
    if (!holds(image, header.e_phoff, size))
      return cut_short("its program headers", header.e_phoff, size, image);
  }
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0 || header.e_shstrndx >= header.e_shnum)
    return "its section headers are missing or of an unknown size";
  const std::uint64_t table = std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr);
  if (!holds(image, header.e_shoff, table))
    return cut_short("its section headers", header.e_shoff, table, image);
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = read<Elf64_Shdr>(image, header.e_shoff + i * sizeof(Elf64_Shdr));
    if (section.sh_type == SHT_NOBITS || section.sh_type == SHT_NULL) continue;
    if (!holds(image, section.sh_offset, section.sh_size))
      return cut_short("a section", section.sh_offset, section.sh_size, image);
  }
  return {};
}

std::vector<image_kernel> read_cubin(bytes image) {
  std::vector<image_kernel> found;
  const auto header = read<Elf64_Ehdr>(image, 0);
  const auto section_at = [&](std::uint64_t index) {
    return read<Elf64_Shdr>(image, header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  const Elf64_Shdr names = section_at(header.e_shstrndx);
  if (names.sh_type != SHT_STRTAB) return found;
  constexpr std::string_view prefix = ".nv.info.";
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr section = section_at(i);
    const std::string_view name = name_at(image, names, section.sh_name);
    if (!name.starts_with(prefix) || section.sh_type == SHT_NOBITS) continue;
    found.push_back(read_kernel(std::string(name.substr(prefix.size())),
                                image.subspan(section.sh_offset, section.sh_size)));
  }
  return found;
}

std::string fatbin_fault(bytes image) {
  struct fatbin_header {
    std::uint32_t magic;
    std::uint16_t version, header_size;
    std::uint64_t size;
  };
  if (!holds(image, 0, sizeof(fatbin_header)))
    return cut_short("its header", 0, sizeof(fatbin_header), image);
  const auto header = read<fatbin_header>(image, 0);
  if (header.magic != fatbin_magic)
    return fmt::format("it begins with {:#x}, not with {:#x}", header.magic, fatbin_magic);
  if (header.header_size < sizeof header) return "its header is damaged";
  if (!holds(image, header.header_size, header.size))
    return cut_short("its contents", header.header_size, header.size, image);
  return {};
}

}  // namespace hal::plugins::cuda
