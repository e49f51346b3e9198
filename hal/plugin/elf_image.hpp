// Whether a file can be a shared object of this machine: looked at before the dynamic linker gets it.
//
// The dynamic linker trusts what it maps: a file that was cut short ends the process with SIGBUS, a damaged
// one with SIGSEGV. This finds what an accident does (a download that stopped, another machine's file, a text
// file), by reading the headers, the program headers and the tables that the dynamic section names. It is no
// defence against a file that was made to do harm: whoever can choose what is loaded needs no damaged file.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hal::plugin {
namespace detail {

// Positions and sizes of what is read, for files of this program's word size (ELF gABI, chapters 4 and 5).
struct elf_layout {
  std::size_t word;  // of an address or an offset
  std::size_t header_size;
  std::size_t program_header_offset;  // e_phoff
  std::size_t section_header_offset;  // e_shoff
  std::size_t program_header_size;    // e_phentsize; e_phnum, e_shentsize and e_shnum follow
  std::size_t segment_size;
  std::size_t offset, address, file_size, memory_size, alignment;  // of a program header
};

inline constexpr elf_layout elf_native = sizeof(void *) == 8
                                             ? elf_layout{8, 64, 32, 40, 54, 56, 8, 16, 32, 40, 48}
                                             : elf_layout{4, 52, 28, 32, 42, 32, 4, 8, 16, 20, 28};

// e_machine of this program; 0 where it is not known, and then nothing is compared.
#if defined(__x86_64__)
inline constexpr std::uint16_t elf_machine = 62;
#elif defined(__aarch64__)
inline constexpr std::uint16_t elf_machine = 183;
#elif defined(__riscv)
inline constexpr std::uint16_t elf_machine = 243;
#elif defined(__powerpc64__)
inline constexpr std::uint16_t elf_machine = 21;
#elif defined(__s390x__)
inline constexpr std::uint16_t elf_machine = 22;
#elif defined(__loongarch__)
inline constexpr std::uint16_t elf_machine = 258;
#elif defined(__arm__)
inline constexpr std::uint16_t elf_machine = 40;
#elif defined(__i386__)
inline constexpr std::uint16_t elf_machine = 3;
#else
inline constexpr std::uint16_t elf_machine = 0;
#endif

// "x86-64 (62)"
inline std::string elf_machine_name(std::uint16_t machine) {
  struct known {
    std::uint16_t number;
    const char *name;
  };
  static constexpr known all[] = {
      {3, "i386"},      {21, "ppc64"}, {22, "s390x"},   {40, "arm"},    {62, "x86-64"},
      {183, "aarch64"}, {190, "cuda"}, {224, "amdgpu"}, {243, "riscv"}, {258, "loongarch"},
  };
  const auto found = std::find_if(std::begin(all), std::end(all),
                                  [machine](const known &one) { return one.number == machine; });
  return found == std::end(all) ? "machine " + std::to_string(machine)
                                : std::string(found->name) + " (" + std::to_string(machine) + ")";
}

// One image under inspection. Each check answers what is wrong, or nothing.
class elf_inspection {
 public:
  explicit elf_inspection(std::span<const std::byte> file) noexcept : file_(file) {}

  std::string fault() {
    for (const auto check : {&elf_inspection::check_identification, &elf_inspection::check_header,
                             &elf_inspection::check_segments, &elf_inspection::check_dynamic_section}) {
      if (std::string wrong = (this->*check)(); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  struct segment {
    std::uint64_t offset, address, file_size, memory_size;
  };

  template <typename Integer>
  Integer read(std::uint64_t at) const noexcept {
    Integer value;
    std::memcpy(&value, file_.data() + at, sizeof value);
    return value;
  }
  std::uint64_t read_word(std::uint64_t at) const noexcept {
    return elf_native.word == 8 ? read<std::uint64_t>(at) : read<std::uint32_t>(at);
  }
  bool holds(std::uint64_t offset, std::uint64_t size) const noexcept {
    return offset <= file_.size() && size <= file_.size() - offset;
  }
  std::string cut_short(const std::string &what, std::uint64_t offset, std::uint64_t size) const {
    return "it is cut short: bytes " + std::to_string(offset) + " to " + std::to_string(offset + size) +
           " are " + what + ", and the file has " + std::to_string(file_.size());
  }

  std::string check_identification() {
    static constexpr std::array<unsigned char, 4> magic{0x7f, 'E', 'L', 'F'};
    if (file_.empty()) return "it is empty";
    if (file_.size() < magic.size() || std::memcmp(file_.data(), magic.data(), magic.size()) != 0) {
      return "it is not an ELF file";
    }
    if (!holds(0, elf_native.header_size)) return cut_short("its header", 0, elf_native.header_size);
    const auto bits = std::to_integer<int>(file_[4]);
    const auto order = std::to_integer<int>(file_[5]);
    constexpr int own_bits = elf_native.word == 8 ? 2 : 1;
    constexpr int own_order = std::endian::native == std::endian::little ? 1 : 2;
    if (bits != own_bits || order != own_order) {
      return "it is made for another word size or byte order (ELF class " + std::to_string(bits) + ", data " +
             std::to_string(order) + "; this process has " + std::to_string(own_bits) + " and " +
             std::to_string(own_order) + ")";
    }
    return {};
  }

  std::string check_header() {
    constexpr std::uint16_t shared_object = 3;
    const auto machine = read<std::uint16_t>(18);
    if (elf_machine != 0 && machine != elf_machine) {
      return "it is made for " + elf_machine_name(machine) + "; this process runs on " +
             elf_machine_name(elf_machine);
    }
    const auto type = read<std::uint16_t>(16);
    if (type != shared_object) {
      return "it is an ELF file of type " + std::to_string(type) + ", not a shared object (3)";
    }
    const auto size = read<std::uint16_t>(elf_native.program_header_size);
    const auto count = read<std::uint16_t>(elf_native.program_header_size + 2);
    if (size != elf_native.segment_size || count == 0) {
      return "it is damaged: it has " + std::to_string(count) + " program headers of " +
             std::to_string(size) + " bytes; they must be " + std::to_string(elf_native.segment_size) +
             " bytes long, and one at least";
    }
    const std::uint64_t offset = read_word(elf_native.program_header_offset);
    if (!holds(offset, std::uint64_t{size} * count)) {
      return cut_short("its program headers", offset, std::uint64_t{size} * count);
    }
    // Not needed to load it, but written last: a file that lacks them lost its end.
    const std::uint64_t sections = read_word(elf_native.section_header_offset);
    const std::uint64_t sections_size =
        std::uint64_t{read<std::uint16_t>(elf_native.program_header_size + 4)} *
        read<std::uint16_t>(elf_native.program_header_size + 6);
    if (sections != 0 && !holds(sections, sections_size)) {
      return cut_short("its section headers", sections, sections_size);
    }
    return {};
  }

  std::string check_segments() {
    constexpr std::uint32_t load = 1;
    constexpr std::uint32_t dynamic = 2;
    const std::uint64_t first = read_word(elf_native.program_header_offset);
    const auto count = read<std::uint16_t>(elf_native.program_header_size + 2);
    bool has_dynamic = false;
    for (std::uint16_t index = 0; index < count; ++index) {
      const std::uint64_t at = first + std::uint64_t{index} * elf_native.segment_size;
      const auto type = read<std::uint32_t>(at);
      if (type != load && type != dynamic) continue;
      const segment found{read_word(at + elf_native.offset), read_word(at + elf_native.address),
                          read_word(at + elf_native.file_size), read_word(at + elf_native.memory_size)};
      const std::string name = "its program header " + std::to_string(index);
      if (!holds(found.offset, found.file_size)) return cut_short(name, found.offset, found.file_size);
      if (type == dynamic) {
        dynamic_ = found;
        has_dynamic = true;
        continue;
      }
      const std::uint64_t alignment = read_word(at + elf_native.alignment);
      const bool overflows =
          found.address > std::numeric_limits<std::uint64_t>::max() / 2 - found.memory_size ||
          found.memory_size > std::numeric_limits<std::uint64_t>::max() / 2;
      if (found.file_size > found.memory_size || overflows ||
          !std::has_single_bit(std::max<std::uint64_t>(alignment, 1)) ||
          (alignment > 1 && (found.address - found.offset) % alignment != 0)) {
        return "it is damaged: " + name + " has an impossible size, address or alignment";
      }
      loaded_.push_back(found);
    }
    if (loaded_.empty()) return "it is damaged: nothing of it is to be loaded";
    if (!has_dynamic) return "it is damaged or linked statically: it has no dynamic section";
    return {};
  }

  bool is_loaded(std::uint64_t address, std::uint64_t size) const noexcept {
    return std::any_of(loaded_.begin(), loaded_.end(), [address, size](const segment &part) {
      return address >= part.address && address - part.address <= part.memory_size &&
             size <= part.memory_size - (address - part.address);
    });
  }

  // What the dynamic linker reads by address, against what is loaded.
  std::string check_dynamic_section() {
    struct table {
      std::uint64_t address_tag;
      std::uint64_t size_tag;  // 0: the size is not told; one word is looked at
    };
    static constexpr table tables[] = {
        {5, 10},          // DT_STRTAB, DT_STRSZ
        {6, 0},           // DT_SYMTAB
        {4, 0},           // DT_HASH
        {0x6ffffef5, 0},  // DT_GNU_HASH
        {7, 8},           // DT_RELA, DT_RELASZ
        {17, 18},         // DT_REL, DT_RELSZ
        {23, 2},          // DT_JMPREL, DT_PLTRELSZ
        {36, 35},         // DT_RELR, DT_RELRSZ
        {3, 0},           // DT_PLTGOT
        {12, 0},          // DT_INIT
        {13, 0},          // DT_FINI
        {25, 27},         // DT_INIT_ARRAY, DT_INIT_ARRAYSZ
        {26, 28},         // DT_FINI_ARRAY, DT_FINI_ARRAYSZ
        {0x6ffffff0, 0},  // DT_VERSYM
        {0x6ffffffe, 0},  // DT_VERNEED
    };
    const std::uint64_t entry = 2 * elf_native.word;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;
    bool terminated = false;
    for (std::uint64_t at = 0; !terminated && entry <= dynamic_.file_size - at; at += entry) {
      entries.emplace_back(read_word(dynamic_.offset + at),
                           read_word(dynamic_.offset + at + elf_native.word));
      terminated = entries.back().first == 0;
    }
    if (!terminated || !is_loaded(dynamic_.address, dynamic_.file_size)) {
      return "it is damaged: its dynamic section has no end or is not loaded";
    }
    const auto value_of = [&entries](std::uint64_t tag) -> const std::uint64_t * {
      const auto found =
          std::find_if(entries.begin(), entries.end(), [tag](const auto &one) { return one.first == tag; });
      return tag == 0 || found == entries.end() ? nullptr : &found->second;
    };
    if (value_of(5) == nullptr || value_of(6) == nullptr) {
      return "it is damaged: its dynamic section names no strings or no symbols";
    }
    for (const table &one : tables) {
      const std::uint64_t *address = value_of(one.address_tag);
      const std::uint64_t *size = value_of(one.size_tag);
      if (address == nullptr || is_loaded(*address, size == nullptr ? 1 : *size)) continue;
      return "it is damaged: entry " + std::to_string(one.address_tag) +
             " of its dynamic section points outside of what is loaded";
    }
    return {};
  }

  std::span<const std::byte> file_;
  std::vector<segment> loaded_;
  segment dynamic_{};
};

}  // namespace detail

// What is wrong with the bytes of a file as a shared object for this process, as the end of a sentence ("it
// is not an ELF file", "it is made for aarch64 (183); this process runs on x86-64 (62)"); empty: nothing that
// can be seen without loading it.
inline std::string elf_fault(std::span<const std::byte> file) {
  return detail::elf_inspection(file).fault();
}

}  // namespace hal::plugin
