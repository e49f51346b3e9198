// The tables of a shared object while they are checked; used by elf_dynamic.cpp and elf_relocations.cpp only.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/host/elf_image.hpp"

namespace hal::plugins::host {

// The entries of the dynamic section. Each constructor here throws when its table is not sound.
class dynamic_section {
 public:
  explicit dynamic_section(const elf_image &image);

  bool has(std::int64_t tag) const { return values_.count(tag) != 0; }
  std::uint64_t required(std::int64_t tag) const;
  std::uint64_t value_or(std::int64_t tag, std::uint64_t otherwise) const;
  // Refuses another value than this, and no value.
  void expect(std::int64_t tag, std::uint64_t value) const;

  // Bytes that nothing can change after they were checked.
  const std::byte *table(std::uint64_t address, std::uint64_t size, const char *what) const;

  // Tags that name a string, with its offset.
  const std::vector<std::pair<std::int64_t, std::uint64_t>> &strings() const noexcept { return strings_; }

 private:
  const elf_image &image_;
  std::map<std::int64_t, std::uint64_t> values_;
  std::vector<std::pair<std::int64_t, std::uint64_t>> strings_;
};

class string_table {
 public:
  explicit string_table(const dynamic_section &dynamic);
  std::string_view text(std::uint64_t offset) const;
  // Whether the object names this file as one that it needs.
  bool needs(std::string_view file) const;

 private:
  std::uint64_t size_;
  const char *from_;
  std::vector<std::string_view> needed_;
};

class symbol_table {
 public:
  symbol_table(const elf_image &image, const dynamic_section &dynamic, const string_table &strings);
  Elf64_Sym at(std::uint64_t index) const;

 private:
  // Each answers how many symbols its table knows.
  static std::uint64_t check_gnu_hash(const dynamic_section &dynamic);
  static std::uint64_t check_hash(const dynamic_section &dynamic);
  void check_versions(const dynamic_section &dynamic, const string_table &strings) const;
  // Each answers the highest version.
  std::uint16_t check_needed_versions(const dynamic_section &dynamic, const string_table &strings) const;
  std::uint16_t check_defined_versions(const dynamic_section &dynamic, const string_table &strings) const;

  std::uint64_t count_ = 0;
  const std::byte *from_ = nullptr;
};

// Relocations, and the functions that the linker calls at the start and the end.
void verify_relocations(const elf_image &image, const dynamic_section &dynamic, const string_table &strings,
                        const symbol_table &symbols);

}  // namespace hal::plugins::host
