#include "plugins/host/elf_image.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::host {
namespace {

using plugin::failure;

#if defined(__x86_64__)
constexpr std::uint16_t own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t own_machine = EM_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint16_t own_machine = EM_RISCV;
#else
#error "the ELF checks know x86-64, aarch64 and riscv64"
#endif

constexpr unsigned char own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
// The linker keeps the table of program headers on its stack.
constexpr std::uint16_t most_headers = 128;
constexpr std::uint64_t largest_address = std::uint64_t{1} << 46;
constexpr std::uint64_t largest_alignment = std::uint64_t{1} << 30;

bool fits(std::uint64_t offset, std::uint64_t size, std::uint64_t room) noexcept {
  return offset <= room && size <= room - offset;
}

}  // namespace

void refuse_elf(std::string_view what) {
  throw failure(HAL_STATUS_INVALID_MODULE, fmt::format("The ELF module is damaged: {}.", what));
}

elf_image elf_image::verified(std::span<const std::byte> bytes) {
  elf_image image(bytes);
  image.read_headers();
  verify_dynamic_section(image);
  return image;
}

const elf_segment *elf_image::holder(std::uint64_t address, std::uint64_t size,
                                     bool file_backed) const noexcept {
  for (const elf_segment &each : segments_) {
    const std::uint64_t room = file_backed ? each.file_size : each.memory_size;
    if (address >= each.address && fits(address - each.address, size, room)) return &each;
  }
  return nullptr;
}

bool elf_image::in_code(std::uint64_t address) const noexcept {
  const elf_segment *in = holder(address, 1, true);
  return in != nullptr && (in->flags & PF_X) != 0;
}

void elf_image::read_headers() {
  if (bytes_.size() < sizeof(Elf64_Ehdr) || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0) {
    throw failure(HAL_STATUS_INVALID_MODULE,
                  fmt::format("The module's {} bytes are not an ELF file.", bytes_.size()));
  }
  const auto header = read_as<Elf64_Ehdr>(bytes_.data());
  const unsigned char width = header.e_ident[EI_CLASS], order = header.e_ident[EI_DATA];
  if (header.e_ident[EI_VERSION] != EV_CURRENT || width < ELFCLASS32 || width > ELFCLASS64 ||
      order < ELFDATA2LSB || order > ELFDATA2MSB)
    refuse_elf(fmt::format("its class is {}, its byte order {}, its version {}", width, order,
                           header.e_ident[EI_VERSION]));
  if (width != ELFCLASS64 || order != own_order || header.e_machine != own_machine) {
    throw failure(
        HAL_STATUS_INCOMPATIBLE_TARGET,
        fmt::format("The ELF module is for machine {} with {} bits and byte order {}; this is "
                    "machine {} with 64 bits and byte order {}.",
                    header.e_machine, width == ELFCLASS64 ? 64 : 32, order, own_machine, own_order));
  }
  if (header.e_type != ET_DYN)
    refuse_elf(fmt::format("it is of type {}, not a shared object ({})", header.e_type, ET_DYN));
  if (header.e_version != EV_CURRENT) refuse_elf(fmt::format("its version is {}", header.e_version));
  if (header.e_ident[EI_OSABI] != ELFOSABI_SYSV && header.e_ident[EI_OSABI] != ELFOSABI_GNU)
    refuse_elf(fmt::format("its ABI is {}, not that of Linux", header.e_ident[EI_OSABI]));
  const std::uint64_t table = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 || header.e_phnum > most_headers ||
      header.e_phoff % alignof(Elf64_Phdr) != 0 || !fits(header.e_phoff, table, bytes_.size())) {
    refuse_elf(fmt::format("its {} program headers of {} bytes at offset {} are not within its {} bytes",
                           header.e_phnum, header.e_phentsize, header.e_phoff, bytes_.size()));
  }
  // Nobody needs them to load it, but they stand at the end: without them the file was cut short.
  if (header.e_shoff != 0 &&
      !fits(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize, bytes_.size())) {
    refuse_elf(fmt::format("its {} section headers at offset {} are not within its {} bytes", header.e_shnum,
                           header.e_shoff, bytes_.size()));
  }
  const std::byte *first = bytes_.data() + header.e_phoff;
  for (std::uint16_t index = 0; index < header.e_phnum; ++index)
    add_segment(first + index * sizeof(Elf64_Phdr));
  if (segments_.empty()) refuse_elf("it has no segment to load");
  bool stack_named = false;
  for (std::uint16_t index = 0; index < header.e_phnum; ++index) {
    check_header(first + index * sizeof(Elf64_Phdr), header.e_phoff, table);
    stack_named |= read_as<Elf64_Phdr>(first + index * sizeof(Elf64_Phdr)).p_type == PT_GNU_STACK;
  }
  // Without this header the linker makes every stack of the process executable.
  if (!stack_named) refuse_elf("it does not say that its stack is not executable");
  if (dynamic_.size == 0) refuse_elf("it has no dynamic section");
}

void elf_image::add_segment(const void *raw) {
  const auto header = read_as<Elf64_Phdr>(static_cast<const std::byte *>(raw));
  if (header.p_type != PT_LOAD) return;
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto refuse = [&](const char *why) {
    refuse_elf(
        fmt::format("a segment at address {:#x} ({} bytes of the file at offset {:#x}, {} in memory) {}",
                    header.p_vaddr, header.p_filesz, header.p_offset, header.p_memsz, why));
  };
  if (!fits(header.p_offset, header.p_filesz, bytes_.size())) refuse("is not within the file");
  if (header.p_memsz < header.p_filesz) refuse("is smaller than its part of the file");
  if (header.p_memsz == 0) refuse("is empty");
  if (!fits(header.p_vaddr, header.p_memsz, largest_address)) refuse("is too large");
  if (!std::has_single_bit(header.p_align) || header.p_align > largest_alignment ||
      ((header.p_vaddr - header.p_offset) & (header.p_align - 1)) != 0 ||
      (header.p_vaddr - header.p_offset) % page != 0)
    refuse("is not aligned as it says");
  if (header.p_memsz > header.p_filesz && (header.p_flags & PF_W) == 0)
    refuse("has zeroed memory, but cannot be written");
  if (!segments_.empty()) {
    const elf_segment &before = segments_.back();
    const std::uint64_t end = (before.address + before.memory_size + page - 1) & ~(page - 1);
    if ((header.p_vaddr & ~(page - 1)) < end) refuse("lies over or before another one");
  }
  segments_.push_back({header.p_vaddr, header.p_memsz, header.p_offset, header.p_filesz, header.p_flags});
}

void elf_image::check_header(const void *raw, std::uint64_t table_offset, std::uint64_t table_size) {
  const auto header = read_as<Elf64_Phdr>(static_cast<const std::byte *>(raw));
  const elf_segment *mapped = holder(header.p_vaddr, header.p_memsz, false);
  // What the linker reads in memory is what stands in the file at that offset.
  const bool consistent = mapped != nullptr && header.p_filesz <= header.p_memsz &&
                          fits(header.p_vaddr - mapped->address, header.p_filesz, mapped->file_size) &&
                          header.p_offset - mapped->offset == header.p_vaddr - mapped->address;
  const auto refuse = [&](const char *which) {
    refuse_elf(fmt::format("its {} ({} bytes at address {:#x}) is not where a segment holds it", which,
                           header.p_memsz, header.p_vaddr));
  };
  switch (header.p_type) {
    case PT_DYNAMIC:
      if (!consistent || dynamic_.size != 0 || header.p_filesz < sizeof(Elf64_Dyn) ||
          header.p_vaddr % alignof(Elf64_Dyn) != 0)
        refuse("dynamic section");
#if !defined(__riscv)
      // The linker relocates the addresses in it.
      if ((mapped->flags & PF_W) == 0) refuse("dynamic section");
#endif
      dynamic_ = {header.p_vaddr, header.p_filesz};
      break;
    case PT_PHDR:
      if (!consistent || header.p_offset != table_offset || header.p_filesz < table_size)
        refuse("table of program headers");
      break;
    case PT_TLS:
      if (tls_.size != 0 || !std::has_single_bit(header.p_align) || header.p_align > 4096 ||
          header.p_memsz == 0 || header.p_memsz > (std::uint64_t{1} << 30) ||
          header.p_filesz > header.p_memsz ||
          (header.p_filesz != 0 && at(header.p_vaddr, header.p_filesz) == nullptr))
        refuse("thread-local storage");
      tls_ = {header.p_vaddr, header.p_memsz};
      break;
    case PT_GNU_STACK:
      if ((header.p_flags & PF_X) != 0) refuse_elf("it asks for an executable stack");
      break;
    case PT_GNU_RELRO: {
      // Linkers round its end up to a page.
      const elf_segment *in = holder(header.p_vaddr, 1, false);
      const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
      if (in == nullptr || (in->flags & PF_W) == 0 ||
          !fits(header.p_vaddr, header.p_memsz, (in->address + in->memory_size + page - 1) & ~(page - 1)))
        refuse("part that becomes read-only");
      break;
    }
    case PT_GNU_EH_FRAME:
      if (!consistent) refuse("unwind table");
      break;
    case PT_NOTE:
    case PT_GNU_PROPERTY:
      if (!consistent) refuse("note");
      check_notes(header.p_vaddr, header.p_filesz, header.p_align);
      break;
    default:
      break;
  }
}

void elf_image::check_notes(std::uint64_t address, std::uint64_t size, std::uint64_t alignment) const {
  const std::byte *from = at(address, size);
  if (from == nullptr) refuse_elf("a note is not within the file");
  const std::uint64_t step = alignment == 8 ? 8 : 4;
  std::uint64_t place = 0;
  while (size - place >= sizeof(Elf64_Nhdr)) {
    const auto note = read_as<Elf64_Nhdr>(from + place);
    const std::uint64_t name_end = sizeof note + std::uint64_t{note.n_namesz};
    const std::uint64_t content = (name_end + step - 1) & ~(step - 1);
    const std::uint64_t end = content + note.n_descsz;
    if (end > size - place) refuse_elf("a note is longer than its segment");
    if (note.n_type == NT_GNU_PROPERTY_TYPE_0 && note.n_namesz == 4 &&
        std::memcmp(from + place + sizeof note, "GNU", 4) == 0) {
      for (std::uint64_t property = content; property < end;) {
        if (end - property < 8) refuse_elf("a note's property is cut off");
        const auto length = read_as<std::uint32_t>(from + place + property + 4);
        if (length > end - property - 8) refuse_elf("a note's property is longer than the note");
        property += (8 + std::uint64_t{length} + 7) & ~std::uint64_t{7};
      }
    }
    const std::uint64_t next = (end + step - 1) & ~(step - 1);
    if (next >= size - place) break;
    place += next;
  }
}

}  // namespace hal::plugins::host
