// What hangs below the dynamic section: strings, symbols, their hash tables and versions.
#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "plugins/host/elf_image.hpp"
#include "plugins/host/elf_tables.hpp"

namespace hal::plugins::host {
namespace {

// Tags that the linker knows and that no compiler's output for us needs: preloading, filters, text
// relocations, relocations without addends.
bool is_refused(std::int64_t tag) noexcept {
  return tag == DT_REL || tag == DT_RELSZ || tag == DT_RELENT || tag == DT_TEXTREL || tag == DT_AUXILIARY ||
         tag == DT_FILTER || tag == DT_GNU_LIBLIST || tag == DT_GNU_CONFLICT || tag == DT_GNU_PRELINKED ||
         tag == DT_MOVETAB || tag == DT_SYMINFO || tag == DT_PREINIT_ARRAY || tag == DT_DEBUG;
}

bool is_string(std::int64_t tag) noexcept {
  return tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH || tag == DT_CONFIG ||
         tag == DT_DEPAUDIT || tag == DT_AUDIT;
}

}  // namespace

dynamic_section::dynamic_section(const elf_image &image) : image_(image) {
  const elf_image::range section = image.dynamic();
  const std::byte *from = image.at(section.address, section.size);
  for (std::uint64_t at = 0;; at += sizeof(Elf64_Dyn)) {
    if (section.size - at < sizeof(Elf64_Dyn)) refuse_elf("its dynamic section has no end");
    const auto entry = read_as<Elf64_Dyn>(from + at);
    if (entry.d_tag == DT_NULL) break;
    if (is_refused(entry.d_tag))
      refuse_elf(fmt::format("its dynamic section has an entry {:#x}, which this device does not take",
                             entry.d_tag));
    if (is_string(entry.d_tag)) {
      strings_.push_back({entry.d_tag, entry.d_un.d_val});
      if (entry.d_tag == DT_NEEDED) continue;
    }
    if (!values_.emplace(entry.d_tag, entry.d_un.d_val).second)
      refuse_elf(fmt::format("its dynamic section has two entries {:#x}", entry.d_tag));
  }
}

std::uint64_t dynamic_section::required(std::int64_t tag) const {
  const auto found = values_.find(tag);
  if (found == values_.end()) refuse_elf(fmt::format("its dynamic section has no entry {:#x}", tag));
  return found->second;
}

std::uint64_t dynamic_section::value_or(std::int64_t tag, std::uint64_t otherwise) const {
  const auto found = values_.find(tag);
  return found == values_.end() ? otherwise : found->second;
}

void dynamic_section::expect(std::int64_t tag, std::uint64_t value) const {
  const std::uint64_t found = required(tag);
  if (found != value)
    refuse_elf(fmt::format("entry {:#x} of its dynamic section is {}, expected {}", tag, found, value));
}

const std::byte *dynamic_section::table(std::uint64_t address, std::uint64_t size, const char *what) const {
  const elf_segment *in = image_.holder(address, size, true);
  // Relocations could change a table after the check if it could be written.
  if (in == nullptr || (in->flags & PF_W) != 0 || (in->flags & PF_R) == 0)
    refuse_elf(fmt::format("its {} ({} bytes at address {:#x}) is not within a constant segment", what, size,
                           address));
  return image_.at(address, size);
}

string_table::string_table(const dynamic_section &dynamic)
    : size_(dynamic.required(DT_STRSZ)),
      from_(
          reinterpret_cast<const char *>(dynamic.table(dynamic.required(DT_STRTAB), size_, "string table"))) {
  if (size_ == 0 || from_[size_ - 1] != '\0') refuse_elf("its string table does not end with a zero");
  for (const auto &[tag, offset] : dynamic.strings()) {
    static_cast<void>(text(offset));
    if (tag == DT_NEEDED) needed_.push_back(text(offset));
  }
}

std::string_view string_table::text(std::uint64_t offset) const {
  if (offset >= size_) refuse_elf(fmt::format("it names a string at {} of {} bytes", offset, size_));
  return from_ + offset;
}

bool string_table::needs(std::string_view file) const {
  return std::find(needed_.begin(), needed_.end(), file) != needed_.end();
}

symbol_table::symbol_table(const elf_image &image, const dynamic_section &dynamic,
                           const string_table &strings) {
  dynamic.expect(DT_SYMENT, sizeof(Elf64_Sym));
  if (!dynamic.has(DT_HASH) && !dynamic.has(DT_GNU_HASH)) refuse_elf("it has no hash table of symbols");
  if (dynamic.has(DT_GNU_HASH)) count_ = std::max(count_, check_gnu_hash(dynamic));
  if (dynamic.has(DT_HASH)) count_ = std::max(count_, check_hash(dynamic));
  from_ = dynamic.table(dynamic.required(DT_SYMTAB), count_ * sizeof(Elf64_Sym), "symbol table");
  const std::uint64_t last = image.segments().back().address + image.segments().back().memory_size;
  for (std::uint64_t index = 0; index < count_; ++index) {
    const Elf64_Sym symbol = at(index);
    static_cast<void>(strings.text(symbol.st_name));
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) continue;
    const unsigned type = ELF64_ST_TYPE(symbol.st_info);
    const bool placed = type == STT_TLS         ? symbol.st_value <= image.thread_local_storage().size
                        : type == STT_GNU_IFUNC ? image.in_code(symbol.st_value)
                                                : symbol.st_value <= last;
    if (symbol.st_shndx == SHN_COMMON || !placed)
      refuse_elf(fmt::format("symbol {} lies outside of it", index));
  }
  check_versions(dynamic, strings);
}

Elf64_Sym symbol_table::at(std::uint64_t index) const {
  if (index >= count_) refuse_elf(fmt::format("it uses symbol {} of {}", index, count_));
  return read_as<Elf64_Sym>(from_ + index * sizeof(Elf64_Sym));
}

std::uint64_t symbol_table::check_gnu_hash(const dynamic_section &dynamic) {
  const std::uint64_t address = dynamic.required(DT_GNU_HASH);
  const auto head = read_as<std::array<std::uint32_t, 4>>(dynamic.table(address, 16, "hash table"));
  const auto [buckets, first, words, shift] = head;
  if (buckets == 0 || !std::has_single_bit(words) || shift >= 64)
    refuse_elf(fmt::format("its hash table has {} buckets, {} filter words and a shift of {}", buckets, words,
                           shift));
  const std::uint64_t chains = 16 + std::uint64_t{words} * 8 + std::uint64_t{buckets} * 4;
  const std::byte *table = dynamic.table(address, chains, "hash table");
  std::uint32_t highest = 0;
  for (std::uint64_t at = chains - std::uint64_t{buckets} * 4; at < chains; at += 4) {
    const auto bucket = read_as<std::uint32_t>(table + at);
    if (bucket != 0 && bucket < first)
      refuse_elf("a bucket of its hash table points before the first symbol");
    highest = std::max(highest, bucket);
  }
  if (highest == 0) return first;
  // All chains stand in one row, and each ends at the next entry with its lowest bit set: if the last one
  // ends, all do.
  for (std::uint64_t index = highest;; ++index) {
    const std::byte *entry = dynamic.table(address + chains + (index - first) * 4, 4, "hash table");
    if ((read_as<std::uint32_t>(entry) & 1u) != 0) return index + 1;
  }
}

std::uint64_t symbol_table::check_hash(const dynamic_section &dynamic) {
  const std::uint64_t address = dynamic.required(DT_HASH);
  const auto head = read_as<std::array<std::uint32_t, 2>>(dynamic.table(address, 8, "hash table"));
  const auto [buckets, symbols] = head;
  if (buckets == 0) refuse_elf("its hash table has no buckets");
  const std::byte *table =
      dynamic.table(address, 8 + (std::uint64_t{buckets} + symbols) * 4, "hash table") + 8;
  std::vector<bool> seen(symbols);
  for (std::uint32_t bucket = 0; bucket < buckets; ++bucket) {
    for (auto index = read_as<std::uint32_t>(table + std::size_t{bucket} * 4); index != 0;) {
      if (index >= symbols || seen[index]) refuse_elf("a chain of its hash table has no end");
      seen[index] = true;
      index = read_as<std::uint32_t>(table + (std::uint64_t{buckets} + index) * 4);
    }
  }
  return symbols;
}

void symbol_table::check_versions(const dynamic_section &dynamic, const string_table &strings) const {
  std::uint16_t highest = 0;
  if (dynamic.has(DT_VERNEED)) highest = std::max(highest, check_needed_versions(dynamic, strings));
  if (dynamic.has(DT_VERDEF)) highest = std::max(highest, check_defined_versions(dynamic, strings));
  if (!dynamic.has(DT_VERSYM)) {
    if (highest != 0) refuse_elf("it has versions, but no symbol has one");
    return;
  }
  const std::byte *table = dynamic.table(dynamic.required(DT_VERSYM), count_ * 2, "table of versions");
  for (std::uint64_t index = 0; index < count_; ++index) {
    const unsigned version = read_as<std::uint16_t>(table + index * 2) & 0x7fffu;
    if (version > std::max<unsigned>(highest, 1))
      refuse_elf(fmt::format("symbol {} has version {} of {}", index, version, highest));
  }
}

std::uint16_t symbol_table::check_needed_versions(const dynamic_section &dynamic,
                                                  const string_table &strings) const {
  std::uint16_t highest = 0;
  for (std::uint64_t address = dynamic.required(DT_VERNEED);;) {
    const auto file =
        read_as<Elf64_Verneed>(dynamic.table(address, sizeof(Elf64_Verneed), "needed versions"));
    if (file.vn_version != VER_NEED_CURRENT) refuse_elf("a needed version has an unknown form");
    // The linker ends the process when it is not so.
    if (!strings.needs(strings.text(file.vn_file)))
      refuse_elf(fmt::format("it needs a version of {}, but not the file", strings.text(file.vn_file)));
    for (std::uint64_t part = address + file.vn_aux;;) {
      const auto version =
          read_as<Elf64_Vernaux>(dynamic.table(part, sizeof(Elf64_Vernaux), "needed versions"));
      static_cast<void>(strings.text(version.vna_name));
      highest = std::max<std::uint16_t>(highest, version.vna_other & 0x7fffu);
      if (version.vna_next == 0) break;
      part += version.vna_next;
    }
    if (file.vn_next == 0) return highest;
    address += file.vn_next;
  }
}

std::uint16_t symbol_table::check_defined_versions(const dynamic_section &dynamic,
                                                   const string_table &strings) const {
  std::uint16_t highest = 0;
  for (std::uint64_t address = dynamic.required(DT_VERDEF);;) {
    const auto version =
        read_as<Elf64_Verdef>(dynamic.table(address, sizeof(Elf64_Verdef), "defined versions"));
    if (version.vd_version != VER_DEF_CURRENT) refuse_elf("a defined version has an unknown form");
    highest = std::max<std::uint16_t>(highest, version.vd_ndx & 0x7fffu);
    const auto name = read_as<Elf64_Verdaux>(
        dynamic.table(address + version.vd_aux, sizeof(Elf64_Verdaux), "defined versions"));
    static_cast<void>(strings.text(name.vda_name));
    if (version.vd_next == 0) return highest;
    address += version.vd_next;
  }
}

void verify_dynamic_section(const elf_image &image) {
  const dynamic_section dynamic(image);
  const string_table strings(dynamic);
  const symbol_table symbols(image, dynamic, strings);
  verify_relocations(image, dynamic, strings, symbols);
}

}  // namespace hal::plugins::host
