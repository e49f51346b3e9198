// A shared object as bytes, checked before the dynamic linker sees it. The linker trusts what it maps: one
// wrong number in a hash table or a relocation ends the process. So everything that it follows is followed
// here first, inside of the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hal::plugins::host {

// One PT_LOAD of the object. Addresses are the object's own; the linker adds where it put it.
struct elf_segment {
  std::uint64_t address;
  std::uint64_t memory_size;
  std::uint64_t offset;
  std::uint64_t file_size;
  std::uint32_t flags;  // PF_*
};

// The bytes and where they are mapped. Refers to the bytes that it was made from.
class elf_image {
 public:
  // Checks header, program headers and all that hangs below the dynamic section. Throws
  // HAL_STATUS_INVALID_MODULE with the first thing that is wrong, and HAL_STATUS_INCOMPATIBLE_TARGET for a
  // shared object of another machine.
  static elf_image verified(std::span<const std::byte> bytes);

  const std::vector<elf_segment> &segments() const noexcept { return segments_; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }

  // The one segment that holds all of a range of memory, file_backed: of bytes from the file; NULL when none
  // does.
  const elf_segment *holder(std::uint64_t address, std::uint64_t size, bool file_backed) const noexcept;

  // The bytes at an address; NULL when the range is not all from the file, in one segment.
  const std::byte *at(std::uint64_t address, std::uint64_t size) const noexcept {
    const elf_segment *in = holder(address, size, true);
    return in == nullptr ? nullptr : bytes_.data() + (in->offset + (address - in->address));
  }

  bool in_code(std::uint64_t address) const noexcept;

  // Ranges that program headers name; size 0: none.
  struct range {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
  };
  range dynamic() const noexcept { return dynamic_; }
  range thread_local_storage() const noexcept { return tls_; }

 private:
  explicit elf_image(std::span<const std::byte> bytes) : bytes_(bytes) {}

  void read_headers();
  void add_segment(const void *header);
  void check_header(const void *header, std::uint64_t table_offset, std::uint64_t table_size);
  void check_notes(std::uint64_t address, std::uint64_t size, std::uint64_t alignment) const;

  std::span<const std::byte> bytes_;
  std::vector<elf_segment> segments_;
  range dynamic_;
  range tls_;
};

// Reads a record that need not be aligned.
template <typename Record>
Record read_as(const std::byte *from) noexcept {
  static_assert(std::is_trivially_copyable_v<Record>);
  Record record;
  std::memcpy(&record, from, sizeof record);
  return record;
}

// Throws HAL_STATUS_INVALID_MODULE: "The ELF module is damaged: ...".
[[noreturn]] void refuse_elf(std::string_view what);

// The checks of elf_image::verified below the program headers.
void verify_dynamic_section(const elf_image &image);

}  // namespace hal::plugins::host
