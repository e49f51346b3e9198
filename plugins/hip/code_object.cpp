// Binaries of image.hpp: code objects are ELF files for machine 224 (EM_AMDGPU), whose notes hold
// MessagePack; a bundle is a table of them. Both after LLVM's "User Guide for AMDGPU Backend" and "Clang
// Offload Bundler".
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "hal/plugin/image_bytes.hpp"
#include "plugins/hip/image.hpp"
#include "plugins/hip/msgpack.hpp"

namespace hal::plugins::hip {
namespace {

constexpr std::uint16_t amdgpu_machine = 224;
constexpr std::uint8_t hsa_system = 64;       // EI_OSABI
constexpr std::uint8_t version_3_object = 1;  // EI_ABIVERSION; the first with MessagePack
constexpr std::uint32_t metadata_note = 32;   // NT_AMDGPU_METADATA
constexpr std::string_view bundle_magic = "__CLANG_OFFLOAD_BUNDLE__";

using bytes = std::span<const std::byte>;
using plugin::cut_short;
using plugin::holds;
using plugin::read;

std::string header_fault(bytes image) {
  if (image.size() < SELFMAG || std::memcmp(image.data(), ELFMAG, SELFMAG) != 0)
    return "it is not an ELF file";
  if (!holds(image, 0, sizeof(Elf64_Ehdr))) return cut_short("its header", 0, sizeof(Elf64_Ehdr), image);
  const auto header = read<Elf64_Ehdr>(image, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return "it is not a 64-bit little-endian ELF file";
  if (header.e_machine != amdgpu_machine) {
    return fmt::format("it is made for machine {}; a code object is for machine {}", header.e_machine,
                       amdgpu_machine);
  }
  if (header.e_ident[EI_OSABI] != hsa_system) {
    return fmt::format("it is made for operating system {}, not for HSA ({})", header.e_ident[EI_OSABI],
                       hsa_system);
  }
  if (header.e_ident[EI_ABIVERSION] < version_3_object)
    return "it is a code object of version 2, which no runtime takes any more";
  if (header.e_type != ET_DYN) return "it was compiled, but not linked";
  return {};
}

std::string table_fault(bytes image, const Elf64_Ehdr &header) {
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
    return "its program headers are missing or of an unknown size";
  const std::uint64_t segments = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (!holds(image, header.e_phoff, segments))
    return cut_short("the table of its segments", header.e_phoff, segments, image);
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = read<Elf64_Phdr>(image, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (!holds(image, segment.p_offset, segment.p_filesz))
      return cut_short("a segment", segment.p_offset, segment.p_filesz, image);
  }
  if (header.e_shnum == 0) return {};
  if (header.e_shentsize != sizeof(Elf64_Shdr)) return "its section headers have an unknown size";
  const std::uint64_t sections = std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr);
  if (!holds(image, header.e_shoff, sections))
    return cut_short("the table of its sections", header.e_shoff, sections, image);
  return {};
}

std::uint64_t aligned(std::uint64_t size) {
  return (size + 3) / 4 * 4;
}

// The metadata's bytes within a segment of notes.
std::optional<bytes> find_metadata(bytes notes) {
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    const auto note = read<Elf64_Nhdr>(notes, 0);
    const std::uint64_t name_at = sizeof note;
    const std::uint64_t text_at = name_at + aligned(note.n_namesz);
    if (!holds(notes, name_at, note.n_namesz) || !holds(notes, text_at, note.n_descsz)) return std::nullopt;
    constexpr std::string_view name("AMDGPU", sizeof "AMDGPU");
    if (note.n_type == metadata_note && note.n_namesz == name.size() &&
        std::memcmp(notes.data() + name_at, name.data(), name.size()) == 0)
      return notes.subspan(text_at, note.n_descsz);
    notes = notes.subspan(std::min<std::uint64_t>(text_at + aligned(note.n_descsz), notes.size()));
  }
  return std::nullopt;
}

std::uint32_t alignment_of(std::uint64_t offset, std::uint64_t size) {
  return 1u << std::countr_zero(offset | size | 16u);
}

image_kernel read_kernel(const msgpack::value &told) {
  image_kernel found;
  found.name = told[".name"].text;
  for (const msgpack::value &argument : told[".args"].items) {
    const std::string_view kind = argument[".value_kind"].text;
    // What the runtime fills in stands behind what the program gives.
    if (kind.starts_with("hidden_")) continue;
    image_parameter one;
    one.kind = kind == "dynamic_shared_pointer" ? HAL_ARGUMENT_SHARED
               : kind == "global_buffer"        ? HAL_ARGUMENT_MEMORY
                                                : HAL_ARGUMENT_VALUE;
    one.size = static_cast<std::uint32_t>(argument[".size"].number);
    one.alignment = alignment_of(argument[".offset"].number, argument[".size"].number);
    one.name = argument[".name"].text;
    found.parameters.push_back(std::move(one));
  }
  const std::vector<msgpack::value> &required = told[".reqd_workgroup_size"].items;
  for (std::size_t axis = 0; axis < 3 && required.size() == 3; ++axis)
    found.required_block[axis] = static_cast<std::uint32_t>(required[axis].number);
  return found;
}

target target_of(const Elf64_Ehdr &header, std::string_view told) {
  if (target named = parse_target(told); !named.processor.empty()) return named;
  if (header.e_ident[EI_ABIVERSION] != version_3_object) return target_of_flags(header.e_flags);
  // Version 3 has one bit for each feature, which says that the code wants it on.
  target found = target_of_flags(header.e_flags & 0xffu);
  if ((header.e_flags & 0x100u) != 0) found.xnack = feature::on;
  if ((header.e_flags & 0x200u) != 0) found.sramecc = feature::on;
  return found;
}

}  // namespace

code_object read_code_object(bytes image, std::string &fault) {
  fault = header_fault(image);
  if (!fault.empty()) return {};
  const auto header = read<Elf64_Ehdr>(image, 0);
  fault = table_fault(image, header);
  if (!fault.empty()) return {};
  std::optional<bytes> metadata;
  for (std::uint64_t i = 0; i < header.e_phnum && !metadata; ++i) {
    const auto segment = read<Elf64_Phdr>(image, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_NOTE)
      metadata = find_metadata(image.subspan(segment.p_offset, segment.p_filesz));
  }
  const std::optional<msgpack::value> told = metadata ? msgpack::read(*metadata) : std::nullopt;
  if (!told) {
    fault = "its metadata, which names the kernels, is missing or damaged";
    return {};
  }
  code_object found;
  found.made_for = target_of(header, (*told)["amdhsa.target"].text);
  for (const msgpack::value &kernel : (*told)["amdhsa.kernels"].items)
    found.kernels.push_back(read_kernel(kernel));
  return found;
}

bool is_bundle(bytes image) noexcept {
  return image.size() >= bundle_magic.size() &&
         std::memcmp(image.data(), bundle_magic.data(), bundle_magic.size()) == 0;
}

std::vector<bundle_entry> read_bundle(bytes image, std::string &fault) {
  constexpr std::string_view compressed_magic = "CCOB";
  if (image.size() >= compressed_magic.size() &&
      std::memcmp(image.data(), compressed_magic.data(), compressed_magic.size()) == 0) {
    fault = "it is compressed; clang's -no-offload-compress makes one that is not";
    return {};
  }
  if (!is_bundle(image)) {
    fault = "it does not begin as a bundle does";
    return {};
  }
  std::uint64_t at = bundle_magic.size();
  const auto next = [&](std::uint64_t &out) {
    if (!holds(image, at, sizeof out)) return false;
    out = read<std::uint64_t>(image, at);
    at += sizeof out;
    return true;
  };
  std::uint64_t count = 0;
  std::vector<bundle_entry> found;
  bool whole = next(count);
  for (std::uint64_t i = 0; whole && i < count; ++i) {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t length = 0;
    whole =
        next(offset) && next(size) && next(length) && holds(image, at, length) && holds(image, offset, size);
    if (!whole) break;
    found.push_back(
        {{reinterpret_cast<const char *>(image.data()) + at, length}, image.subspan(offset, size)});
    at += length;
  }
  if (!whole) fault = fmt::format("it is cut short or damaged: it has {} bytes", image.size());
  return found;
}

}  // namespace hal::plugins::hip
