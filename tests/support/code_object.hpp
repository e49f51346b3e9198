// AMDGPU code objects without code, as far as a reader of their header and metadata goes.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace hal::test {

// MessagePack, written by hand: short texts, small numbers.
class packed {
 public:
  packed &byte(unsigned value) {
    all_.push_back(static_cast<std::byte>(value));
    return *this;
  }
  packed &map(unsigned pairs) { return byte(0x80 + pairs); }
  packed &list(unsigned items) { return byte(0x90 + items); }
  packed &text(const std::string &value) {
    constexpr std::size_t shortest_long = 32;
    if (value.size() < shortest_long) {
      byte(0xa0 + static_cast<unsigned>(value.size()));
    } else {
      byte(0xd9).byte(static_cast<unsigned>(value.size()));
    }
    const auto *bytes = reinterpret_cast<const std::byte *>(value.data());
    all_.insert(all_.end(), bytes, bytes + value.size());
    return *this;
  }
  // A kernel's argument: ".value_kind", ".offset", ".size".
  packed &argument(const char *kind, unsigned offset, unsigned size) {
    return map(3).text(".offset").byte(offset).text(".size").byte(size).text(".value_kind").text(kind);
  }
  const std::vector<std::byte> &bytes() const { return all_; }

 private:
  std::vector<std::byte> all_;
};

// The file around metadata. `flags` are e_flags (0x53f is gfx90a), `version` is EI_ABIVERSION (3 is version
// 5).
inline std::vector<std::byte> code_object(const std::vector<std::byte> &metadata, std::uint32_t flags = 0x53f,
                                          std::uint8_t version = 3) {
  const Elf64_Nhdr note{7, static_cast<Elf64_Word>(metadata.size()), 32};
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_OSABI] = 64;
  header.e_ident[EI_ABIVERSION] = version;
  header.e_type = ET_DYN;
  header.e_machine = 224;
  header.e_flags = flags;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_NOTE;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = sizeof note + 8 + metadata.size();
  std::vector<std::byte> image(segment.p_offset + segment.p_filesz);
  std::byte *at = image.data();
  const auto put = [&at](const void *from, std::size_t size) {
    if (size != 0) std::memcpy(at, from, size);
    at += size;
  };
  put(&header, sizeof header);
  put(&segment, sizeof segment);
  put(&note, sizeof note);
  put("AMDGPU\0", 8);
  put(metadata.data(), metadata.size());
  return image;
}

// A kernel "saxpy" of two memories, a float and a count.
inline std::vector<std::byte> saxpy_code_object() {
  packed told;
  told.map(1).text("amdhsa.kernels").list(1).map(2).text(".name").text("saxpy").text(".args").list(4);
  told.argument("global_buffer", 0, 8).argument("global_buffer", 8, 8);
  told.argument("by_value", 16, 4).argument("by_value", 20, 4);
  return code_object(told.bytes());
}

}  // namespace hal::test
