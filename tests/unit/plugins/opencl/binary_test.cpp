// Binaries that are not whole do not get to a driver.
#include "plugins/opencl/binary.hpp"

#include <doctest/doctest.h>
#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "hal/plugin/failure.hpp"

using namespace hal::plugins::opencl;

namespace {

std::span<const std::byte> bytes_of(const std::string &text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

bool is_taken(const std::string &bytes) {
  try {
    checked_binary(bytes_of(bytes));
    return true;
  } catch (const hal::plugin::failure &refused) {
    CHECK(refused.status() == HAL_STATUS_INVALID_MODULE);
    return false;
  }
}

std::string elf() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_shoff = sizeof header + 16;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  Elf64_Shdr sections[2] = {};
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = 16;
  std::string file(reinterpret_cast<const char *>(&header), sizeof header);
  file += std::string(16, 'x');
  file.append(reinterpret_cast<const char *>(sections), sizeof sections);
  return file;
}

}  // namespace

TEST_CASE("opencl binary: what is wrapped comes out as it went in") {
  const std::string inner("poclbin\0\1\2\3", 11);
  const std::string whole = wrapped_binary(bytes_of(inner));
  const auto out = checked_binary(bytes_of(whole));
  CHECK(std::string(reinterpret_cast<const char *>(out.data()), out.size()) == inner);
}

TEST_CASE("opencl binary: a wrapping that is cut short or damaged anywhere is refused") {
  const std::string whole = wrapped_binary(bytes_of(std::string(100, 'b')));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    // Its beginning alone is text, which could be PTX: a compiler's to refuse.
    if (size != 8 && size > 7) CHECK(!is_taken(whole.substr(0, size)));
    std::string damaged = whole;
    damaged[size] = static_cast<char>(damaged[size] ^ 1);
    CHECK(!is_taken(damaged));
  }
  CHECK(!is_taken(whole + "x"));
}

TEST_CASE("opencl binary: an ELF file of which a section is beyond its end is refused") {
  const std::string whole = elf();
  CHECK(is_taken(whole));
  for (std::size_t size = 4; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(!is_taken(whole.substr(0, size)));
  }
  std::string far = whole;
  const std::uint64_t beyond = UINT64_MAX - 8;
  std::memcpy(far.data() + sizeof(Elf64_Ehdr) + 16 + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_offset),
              &beyond, sizeof beyond);
  CHECK(!is_taken(far));
}

TEST_CASE("opencl binary: an xclbin says how long it is") {
  std::string whole(400, '\0');
  std::memcpy(whole.data(), "xclbin2", 7);
  const std::uint64_t length = 400;
  std::memcpy(whole.data() + 304, &length, sizeof length);
  CHECK(is_taken(whole));
  CHECK(!is_taken(whole.substr(0, 399)));
  CHECK(!is_taken(whole.substr(0, 100)));
}

TEST_CASE(
    "opencl binary: text is a compiler's to judge; of other bytes nothing tells whether they are whole") {
  CHECK(is_taken(".version 8.0\n.target sm_90\n"));
  CHECK(!is_taken(std::string("poclbin\0\1", 9)));
  CHECK(!is_taken(""));
}
