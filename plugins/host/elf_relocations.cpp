#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>

#include <set>
#include <string>

#include "plugins/host/elf_image.hpp"
#include "plugins/host/elf_tables.hpp"

#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#define DT_RELRENT 37
#endif

namespace hal::plugins::host {
namespace {

enum class relocation_kind { none, relative, symbolic, indirect, thread_local_storage, unknown };

struct relocation_form {
  relocation_kind kind;
  std::uint64_t size;  // bytes that it writes
};

relocation_form form_of(std::uint32_t type) noexcept {
  using enum relocation_kind;
  switch (type) {
#if defined(__x86_64__)
    case R_X86_64_NONE:
      return {none, 0};
    case R_X86_64_RELATIVE:
      return {relative, 8};
    case R_X86_64_64:
    case R_X86_64_GLOB_DAT:
    case R_X86_64_JUMP_SLOT:
      return {symbolic, 8};
    case R_X86_64_IRELATIVE:
      return {indirect, 8};
    case R_X86_64_DTPMOD64:
    case R_X86_64_DTPOFF64:
    case R_X86_64_TPOFF64:
      return {thread_local_storage, 8};
    case R_X86_64_TLSDESC:
      return {thread_local_storage, 16};
#elif defined(__aarch64__)
    case R_AARCH64_NONE:
      return {none, 0};
    case R_AARCH64_RELATIVE:
      return {relative, 8};
    case R_AARCH64_ABS64:
    case R_AARCH64_GLOB_DAT:
    case R_AARCH64_JUMP_SLOT:
      return {symbolic, 8};
    case R_AARCH64_IRELATIVE:
      return {indirect, 8};
    case R_AARCH64_TLS_DTPMOD:
    case R_AARCH64_TLS_DTPREL:
    case R_AARCH64_TLS_TPREL:
      return {thread_local_storage, 8};
    case R_AARCH64_TLSDESC:
      return {thread_local_storage, 16};
#elif defined(__riscv)
    case R_RISCV_NONE:
      return {none, 0};
    case R_RISCV_RELATIVE:
      return {relative, 8};
    case R_RISCV_64:
    case R_RISCV_JUMP_SLOT:
      return {symbolic, 8};
    case 58:
      return {indirect, 8};  // R_RISCV_IRELATIVE, younger than some elf.h
    case R_RISCV_TLS_DTPMOD64:
    case R_RISCV_TLS_DTPREL64:
    case R_RISCV_TLS_TPREL64:
      return {thread_local_storage, 8};
#endif
    default:
      return {unknown, 0};
  }
}

struct function_array {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::set<std::uint64_t> filled;  // slots whose function a relocation puts there

  bool touches(std::uint64_t at, std::uint64_t bytes) const noexcept {
    return size != 0 && at < address + size && address < at + bytes;
  }
};

class relocation_check {
 public:
  relocation_check(const elf_image &image, const dynamic_section &dynamic, const string_table &strings,
                   const symbol_table &symbols)
      : image_(image), dynamic_(dynamic), strings_(strings), symbols_(symbols) {}

  void run() {
    check_flags();
    arrays_[0] = read_array(DT_INIT_ARRAY, DT_INIT_ARRAYSZ);
    arrays_[1] = read_array(DT_FINI_ARRAY, DT_FINI_ARRAYSZ);
    check_function(DT_INIT);
    check_function(DT_FINI);
    expect_with(DT_RELA, DT_RELAENT, sizeof(Elf64_Rela));
    expect_with(DT_JMPREL, DT_PLTREL, DT_RELA);
    expect_with(DT_RELR, DT_RELRENT, 8);
    check_table(DT_RELA, DT_RELASZ, dynamic_.value_or(DT_RELACOUNT, 0));
    check_table(DT_JMPREL, DT_PLTRELSZ, 0);
    check_packed();
    for (const function_array &array : arrays_) {
      if (array.filled.size() * 8 != array.size)
        refuse_elf("a function of its start or end is not one that a relocation puts there");
    }
  }

 private:
  void check_flags() const {
    if ((dynamic_.value_or(DT_FLAGS, 0) & DF_TEXTREL) != 0) refuse_elf("it relocates its code");
    const std::uint64_t plt = dynamic_.value_or(DT_PLTGOT, 0);
    if (plt != 0 && image_.holder(plt, 1, false) == nullptr) refuse_elf("its linkage table is outside of it");
  }

  // The linker ends the process when the entry has another value, or is missing beside its table.
  void expect_with(std::int64_t table, std::int64_t tag, std::uint64_t value) const {
    if (dynamic_.has(table) || dynamic_.has(tag)) dynamic_.expect(tag, value);
  }

  void check_function(std::int64_t tag) const {
    const std::uint64_t address = dynamic_.value_or(tag, 0);
    if (dynamic_.has(tag) && !image_.in_code(address))
      refuse_elf(fmt::format("its function of entry {:#x} at address {:#x} is not code", tag, address));
  }

  function_array read_array(std::int64_t tag, std::int64_t size_tag) const {
    function_array array;
    if (dynamic_.has(tag) != dynamic_.has(size_tag)) refuse_elf("its list of functions has no size");
    if (!dynamic_.has(tag)) return array;
    array.address = dynamic_.required(tag);
    array.size = dynamic_.required(size_tag);
    if (array.address % 8 != 0 || array.size % 8 != 0 || image_.at(array.address, array.size) == nullptr)
      refuse_elf(fmt::format("its list of functions ({} bytes at address {:#x}) is outside of it", array.size,
                             array.address));
    return array;
  }

  void check_table(std::int64_t tag, std::int64_t size_tag, std::uint64_t relative_first) {
    const std::uint64_t size = dynamic_.value_or(size_tag, 0);
    if (dynamic_.has(tag) != dynamic_.has(size_tag)) refuse_elf("a table of relocations has no size");
    if (size % sizeof(Elf64_Rela) != 0 || relative_first > size / sizeof(Elf64_Rela))
      refuse_elf(fmt::format("a table of relocations has {} bytes", size));
    if (size == 0) return;
    const std::byte *from = dynamic_.table(dynamic_.required(tag), size, "table of relocations");
    for (std::uint64_t at = 0; at < size; at += sizeof(Elf64_Rela))
      check(read_as<Elf64_Rela>(from + at), at / sizeof(Elf64_Rela) < relative_first);
  }

  void check(const Elf64_Rela &entry, bool must_be_relative) {
    const auto [kind, size] = form_of(static_cast<std::uint32_t>(ELF64_R_TYPE(entry.r_info)));
    const std::uint64_t index = ELF64_R_SYM(entry.r_info);
    const auto addend = static_cast<std::uint64_t>(entry.r_addend);
    if (kind == relocation_kind::unknown || (must_be_relative && kind != relocation_kind::relative))
      refuse_elf(fmt::format("a relocation is of type {}", ELF64_R_TYPE(entry.r_info)));
    const Elf64_Sym symbol = symbols_.at(index);
    if (kind == relocation_kind::none) return;
    check_target(entry.r_offset, size);
    if (kind == relocation_kind::indirect && !image_.in_code(addend))
      refuse_elf("a function that chooses a function is not code");
    if (kind == relocation_kind::thread_local_storage) check_thread_local(index, symbol);
    const bool to_code = kind == relocation_kind::relative ? image_.in_code(addend)
                         : kind == relocation_kind::symbolic
                             ? symbol.st_shndx == SHN_UNDEF || image_.in_code(symbol.st_value + addend)
                             : false;
    note_function(entry.r_offset, size, to_code);
  }

  // A variable of another object, or one that another object's symbol of the same name stands in for, can
  // turn out to be none; the linker divides by its alignment then.
  void check_thread_local(std::uint64_t index, const Elf64_Sym &symbol) const {
    if (image_.thread_local_storage().size == 0)
      refuse_elf("it has no thread-local storage, but relocates it");
    if (index == 0) return;
    const std::string name(strings_.text(symbol.st_name));
    const bool own = symbol.st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol.st_info) == STT_TLS;
    const bool replaceable =
        ELF64_ST_BIND(symbol.st_info) != STB_LOCAL && ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT;
    if (!own || (replaceable && dlsym(RTLD_DEFAULT, name.c_str()) != nullptr))
      refuse_elf(fmt::format("its thread-local variable {} is not its own", name));
  }

  void check_target(std::uint64_t address, std::uint64_t size) const {
    const elf_segment *in = image_.holder(address, size, false);
    const elf_image::range section = image_.dynamic();
    if (in == nullptr || (in->flags & PF_W) == 0 ||
        (address < section.address + section.size && section.address < address + size))
      refuse_elf(fmt::format("a relocation changes address {:#x}, which it must not", address));
  }

  void note_function(std::uint64_t address, std::uint64_t size, bool to_code) {
    for (function_array &array : arrays_) {
      if (!array.touches(address, size)) continue;
      if (size != 8 || address % 8 != 0 || !to_code) refuse_elf("a function of its start or end is not code");
      array.filled.insert(address);
    }
  }

  // Relative relocations as addresses and bitmaps (DT_RELR).
  void check_packed() {
    const std::uint64_t size = dynamic_.value_or(DT_RELRSZ, 0);
    if (dynamic_.has(DT_RELR) != dynamic_.has(DT_RELRSZ) || size % 8 != 0)
      refuse_elf("its table of packed relocations has no size");
    if (size == 0) return;
    const std::byte *from = dynamic_.table(dynamic_.required(DT_RELR), size, "table of packed relocations");
    if ((read_as<std::uint64_t>(from) & 1) != 0) refuse_elf("its packed relocations begin with a bitmap");
    std::uint64_t next = 0;
    for (std::uint64_t at = 0; at < size; at += 8) {
      const auto entry = read_as<std::uint64_t>(from + at);
      if ((entry & 1) == 0) {
        check_word(entry);
        next = entry + 8;
        continue;
      }
      for (std::uint64_t bit = 0; bit < 63; ++bit) {
        if (((entry >> (bit + 1)) & 1) != 0) check_word(next + bit * 8);
      }
      next += 63 * 8;
    }
  }

  void check_word(std::uint64_t address) {
    check_target(address, 8);
    const std::byte *from = image_.at(address, 8);
    note_function(address, 8, from != nullptr && image_.in_code(read_as<std::uint64_t>(from)));
  }

  const elf_image &image_;
  const dynamic_section &dynamic_;
  const string_table &strings_;
  const symbol_table &symbols_;
  function_array arrays_[2];
};

}  // namespace

void verify_relocations(const elf_image &image, const dynamic_section &dynamic, const string_table &strings,
                        const symbol_table &symbols) {
  relocation_check(image, dynamic, strings, symbols).run();
}

}  // namespace hal::plugins::host
