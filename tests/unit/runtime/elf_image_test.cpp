#include "hal/plugin/elf_image.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "tests/support/object_bytes.hpp"
#include "tests/support/plugin_folder.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::plugin::elf_fault;
using hal::test::object_bytes;

const object_bytes &sound() {
  static const object_bytes bytes(hal::test::fixture_library("null"));
  return bytes;
}

std::string fault_of(const object_bytes &bytes) {
  return elf_fault(bytes.get());
}

TEST_CASE("elf_image: a sound object has no fault") {
  CHECK(fault_of(sound()).empty());
  CHECK(fault_of(object_bytes(hal::test::fixture_library("heap_a"))).empty());
}

TEST_CASE("elf_image: every way to cut a file short is seen") {
  for (std::size_t size = 0; size < sound().size(); size += size < 4096 ? 1 : 61) {
    if (fault_of(sound().cut(size)).empty()) FAIL_CHECK("cut to " << size << " bytes and no fault is seen");
  }
  CHECK(fault_of(sound().cut(0)) == "it is empty");
  CHECK(fault_of(sound().cut(3)) == "it is not an ELF file");
  CHECK_NAMES(fault_of(sound().cut(20)),
              "it is cut short: bytes 0 to 64 are its header, and the file has 20");
  CHECK_NAMES(fault_of(sound().cut(100)), "its program headers");
  CHECK_NAMES(fault_of(sound().cut(sound().size() - 1)), "its section headers");
}

TEST_CASE("elf_image: another machine is named, with this one") {
  const std::uint16_t other = sound().read<std::uint16_t>(object_bytes::machine_at) == 183 ? 62 : 183;
  const std::string why = fault_of(sound().with(object_bytes::machine_at, other));
  CHECK_NAMES(why, "x86-64 (62)");
  CHECK_NAMES(why, "aarch64 (183)");
  CHECK_NAMES(fault_of(sound().with(object_bytes::machine_at, std::uint16_t{4711})), "machine 4711");
}

TEST_CASE("elf_image: another word size, byte order or kind of file") {
  CHECK_NAMES(fault_of(sound().with(object_bytes::class_at, std::uint8_t{1})), "word size");
  CHECK_NAMES(fault_of(sound().with(object_bytes::data_at, std::uint8_t{2})), "ELF class 2, data 2");
  CHECK_NAMES(fault_of(sound().with(object_bytes::type_at, std::uint16_t{1})), "type 1, not a shared object");
}

TEST_CASE("elf_image: headers that cannot be") {
  using at = object_bytes;
  CHECK_NAMES(fault_of(sound().with(at::segment_size_at, std::uint16_t{55})), "of 55 bytes");
  CHECK_NAMES(fault_of(sound().with(at::segment_count_at, std::uint16_t{0})), "0 program headers");
  CHECK_NAMES(fault_of(sound().with(at::program_headers_at, UINT64_MAX - 8)), "its program headers");
  CHECK_NAMES(fault_of(sound().with(at::section_headers_at, UINT64_MAX)), "its section headers");
}

TEST_CASE("elf_image: segments that cannot be") {
  const std::size_t load = sound().segment(1, 1);
  REQUIRE(load != 0);
  for (const std::size_t field : {8, 32}) {  // offset, size in the file
    CHECK_NAMES(fault_of(sound().with(load + field, UINT64_MAX)), "it is cut short: bytes ");
  }
  CHECK_NAMES(fault_of(sound().with(load + 40, std::uint64_t{1})), "impossible size");  // size in memory
  CHECK_NAMES(fault_of(sound().with(load + 40, UINT64_MAX)), "impossible size");
  CHECK_NAMES(fault_of(sound().with(load + 16, UINT64_MAX - 4095)), "impossible");  // address
  CHECK_NAMES(fault_of(sound().with(load + 48, std::uint64_t{3})), "impossible");   // alignment
  CHECK_NAMES(fault_of(sound().with(load + 16, sound().read<std::uint64_t>(load + 16) + 1)), "impossible");
  object_bytes nothing = sound();
  while (const std::size_t at = nothing.segment(1)) nothing = nothing.with(at, std::uint32_t{0x60000000});
  CHECK_NAMES(fault_of(nothing), "nothing of it is to be loaded");
}

TEST_CASE("elf_image: a dynamic section that cannot be") {
  CHECK_NAMES(fault_of(sound().with(sound().segment(2), std::uint32_t{0})), "no dynamic section");
  CHECK_NAMES(fault_of(sound().with(sound().segment(2) + 16, std::uint64_t{1} << 40)), "is not loaded");
  CHECK_NAMES(fault_of(sound().with(sound().segment(2) + 32, std::uint64_t{16})), "no end");
  for (const std::uint64_t tag : {5, 6}) {
    const std::size_t entry = sound().dynamic_entry(tag);
    REQUIRE(entry != 0);
    CHECK_NAMES(fault_of(sound().with(entry + 8, std::uint64_t{1} << 40)),
                "entry " + std::to_string(tag) + " ");
    CHECK_NAMES(fault_of(sound().with(entry, std::uint64_t{0x6fff0000})), "no strings or no symbols");
  }
  const std::size_t relocations_size = sound().dynamic_entry(8);
  REQUIRE(relocations_size != 0);
  CHECK_NAMES(fault_of(sound().with(relocations_size + 8, UINT64_MAX)), "entry 7 ");
}

TEST_CASE("elf_image: any damage to the headers is answered, whatever the answer") {
  std::mt19937 random(1);
  const std::size_t dynamic = sound().read<std::uint64_t>(sound().segment(2) + 8);
  for (int round = 0; round < 20'000; ++round) {
    const bool in_header = round % 2 == 0;
    const std::size_t at = in_header ? random() % 1024 : dynamic + random() % 512;
    fault_of(sound().with(at, static_cast<std::uint8_t>(random())));
  }
}

}  // namespace
