#include "plugins/host/elf_image.hpp"

#include <doctest/doctest.h>
#include <elf.h>

#include <cstring>
#include <random>
#include <vector>

#include "hal/plugin/failure.hpp"
#include "opened_device.hpp"
#include "plugins/host/loaded_object.hpp"

namespace hal::plugins::host {
namespace {

constexpr unsigned char bare_bytes[] = {
#include "host_test_bare.inc"
};
constexpr unsigned char common_bytes[] = {
#include "host_test_common.inc"
};

using bytes = std::vector<std::byte>;

template <std::size_t Size>
bytes copy_of(const unsigned char (&array)[Size]) {
  bytes copy(Size);
  std::memcpy(copy.data(), array, Size);
  return copy;
}

hal_status verify(std::span<const std::byte> given) {
  try {
    elf_image::verified(given);
    return HAL_STATUS_OK;
  } catch (const plugin::failure &failed) {
    return failed.status();
  }
}

// Verifies, and loads what passes. Whatever the bytes are, this returns.
hal_status load(std::span<const std::byte> given) {
  try {
    const loaded_object object(given);
    verify_module(object.table(), object);
    return HAL_STATUS_OK;
  } catch (const plugin::failure &failed) {
    return failed.status();
  }
}

bool is_answer(hal_status status) {
  return status == HAL_STATUS_OK || status == HAL_STATUS_INVALID_MODULE ||
         status == HAL_STATUS_INCOMPATIBLE_TARGET;
}

// Bytes that the dynamic linker follows: all but code and what no program header names.
std::vector<std::size_t> followed_bytes(const bytes &module) {
  std::vector<std::size_t> places;
  const elf_image image = elf_image::verified(module);
  for (std::size_t at = 0; at < sizeof(Elf64_Ehdr) + 16 * sizeof(Elf64_Phdr); ++at) places.push_back(at);
  for (const elf_segment &segment : image.segments()) {
    if ((segment.flags & PF_X) != 0) continue;
    for (std::uint64_t at = segment.offset; at < segment.offset + segment.file_size; ++at)
      places.push_back(static_cast<std::size_t>(at));
  }
  return places;
}

template <typename Record>
Record &record_at(bytes &module, std::size_t offset) {
  return *reinterpret_cast<Record *>(module.data() + offset);
}

Elf64_Phdr &header_of(bytes &module, std::uint32_t type) {
  auto &file = record_at<Elf64_Ehdr>(module, 0);
  for (unsigned index = 0; index < file.e_phnum; ++index) {
    auto &header = record_at<Elf64_Phdr>(module, file.e_phoff + index * sizeof(Elf64_Phdr));
    if (header.p_type == type) return header;
  }
  FAIL("the module has no such header");
  std::abort();
}

}  // namespace

TEST_SUITE("host/elf_image") {
  TEST_CASE("modules as linkers make them are sound and load") {
    CHECK(load(copy_of(bare_bytes)) == HAL_STATUS_OK);
    CHECK(load(copy_of(common_bytes)) == HAL_STATUS_OK);
  }

  TEST_CASE("every truncation is refused") {
    for (const bytes &whole : {copy_of(bare_bytes), copy_of(common_bytes)}) {
      for (std::size_t length = 0; length < whole.size(); ++length) {
        const hal_status status = verify(std::span(whole).first(length));
        if (status != HAL_STATUS_INVALID_MODULE) FAIL_CHECK("length ", length, " gave ", status);
      }
    }
  }

  TEST_CASE("section headers are not needed, and neither is what stands behind the segments") {
    bytes stripped = copy_of(bare_bytes);
    auto &header = record_at<Elf64_Ehdr>(stripped, 0);
    header.e_shoff = header.e_shnum = 0;
    std::uint64_t needed = 0;
    const elf_image image = elf_image::verified(stripped);
    for (const elf_segment &segment : image.segments())
      needed = std::max(needed, segment.offset + segment.file_size);
    CHECK(load(std::span(stripped).first(static_cast<std::size_t>(needed))) == HAL_STATUS_OK);
    CHECK(load(std::span(stripped).first(static_cast<std::size_t>(needed) - 1)) == HAL_STATUS_INVALID_MODULE);
  }

  TEST_CASE("single bytes changed: an answer, never a crash") {
    const bytes sound = copy_of(bare_bytes);
    unsigned refused = 0, tried = 0;
    for (const std::size_t place : followed_bytes(sound)) {
      for (const unsigned char change : {0x01, 0x80, 0xff}) {
        // Loading takes long; long rows of zeros between tables need only one try.
        if (sound[place] == std::byte{0} && change != 0x01 && place > 0x400) continue;
        bytes changed = sound;
        changed[place] ^= std::byte{change};
        const hal_status status = load(changed);
        if (!is_answer(status)) FAIL_CHECK("byte ", place, " gave ", status);
        refused += status != HAL_STATUS_OK;
        ++tried;
      }
    }
    MESSAGE(refused << " of " << tried << " changes were refused");
    CHECK(tried > 4000);
    CHECK(refused > tried / 4);
  }

  TEST_CASE("several bytes changed at random: an answer, never a crash") {
    const bytes sound = copy_of(bare_bytes);
    const std::vector<std::size_t> places = followed_bytes(sound);
    std::mt19937 random(20240229);
    for (int round = 0; round < 3000; ++round) {
      bytes changed = sound;
      for (unsigned change = 0; change < 1 + random() % 6; ++change)
        changed[places[random() % places.size()]] = static_cast<std::byte>(random());
      const hal_status status = load(changed);
      if (!is_answer(status)) FAIL_CHECK("round ", round, " gave ", status);
    }
  }

  TEST_CASE("tables with numbers from elsewhere: an answer, never a crash") {
    const bytes sound = copy_of(common_bytes);
    const std::vector<std::size_t> places = followed_bytes(sound);
    std::mt19937 random(7);
    for (int round = 0; round < 4000; ++round) {
      bytes changed = sound;
      const std::size_t place = places[random() % places.size()] & ~std::size_t{3};
      const std::uint32_t interesting[] = {
          0,          1,          0x7fffffff, 0x80000000,
          0xffffffff, 0x00001000, 0x10000000, static_cast<std::uint32_t>(random())};
      const std::uint32_t value = interesting[random() % std::size(interesting)];
      if (place + 4 <= changed.size()) std::memcpy(changed.data() + place, &value, 4);
      // Verified only: this module's start-up code would run, and whether that is sound nobody can tell.
      if (!is_answer(verify(changed))) FAIL_CHECK("round ", round);
    }
  }

  TEST_CASE("modules for other machines are sound, but not for here") {
    bytes other = copy_of(bare_bytes);
    SUBCASE("machine") {
      record_at<Elf64_Ehdr>(other, 0).e_machine = EM_S390;
    }
    SUBCASE("width") {
      record_at<Elf64_Ehdr>(other, 0).e_ident[EI_CLASS] = ELFCLASS32;
    }
    SUBCASE("byte order") {
      unsigned char &order = record_at<Elf64_Ehdr>(other, 0).e_ident[EI_DATA];
      order = order == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
    }
    CHECK(verify(other) == HAL_STATUS_INCOMPATIBLE_TARGET);
  }

  TEST_CASE("what the dynamic linker would not survive or should not do") {
    bytes bad = copy_of(bare_bytes);
    SUBCASE("not ELF") {
      bad[0] = std::byte{0};
    }
    SUBCASE("a program") {
      record_at<Elf64_Ehdr>(bad, 0).e_type = ET_EXEC;
    }
    SUBCASE("no program headers") {
      record_at<Elf64_Ehdr>(bad, 0).e_phnum = 0;
    }
    SUBCASE("too many program headers") {
      record_at<Elf64_Ehdr>(bad, 0).e_phnum = 0xfff0;
    }
    SUBCASE("an executable stack") {
      header_of(bad, PT_GNU_STACK).p_flags |= PF_X;
    }
    SUBCASE("a stack that is not named") {
      header_of(bad, PT_GNU_STACK).p_type = PT_NULL;
    }
    SUBCASE("a huge segment") {
      header_of(bad, PT_LOAD).p_memsz = std::uint64_t{1} << 62;
    }
    SUBCASE("no dynamic section") {
      header_of(bad, PT_DYNAMIC).p_type = PT_NULL;
    }
    SUBCASE("a dynamic section elsewhere") {
      header_of(bad, PT_DYNAMIC).p_vaddr += 0x100000;
    }
    CHECK(verify(bad) == HAL_STATUS_INVALID_MODULE);
  }

  TEST_CASE("the linker's own words are kept, and so is the log") {
    opened_device on;
    bytes changed = copy_of(bare_bytes);
    // The table of kernels under another name.
    const std::string_view symbol = HAL_NATIVE_MODULE_SYMBOL;
    bool found = false;
    for (std::size_t at = 0; at + symbol.size() < changed.size(); ++at) {
      if (std::memcmp(changed.data() + at, symbol.data(), symbol.size()) != 0) continue;
      changed[at] = std::byte{'H'};
      found = true;
    }
    REQUIRE(found);
    char log[64];
    hal_module_source source{};
    source.struct_size = sizeof source;
    source.format = "elf";
    source.bytes = changed.data();
    source.size = changed.size();
    source.log = log;
    source.log_size = sizeof log;
    hal_module *module = nullptr;
    CHECK(on.table.module_load(on.device, &source, &module, &on.error) == HAL_STATUS_INVALID_MODULE);
    CHECK(std::string(on.error.message).find(symbol) != std::string::npos);
    CHECK(std::string_view(on.error.message).substr(0, std::strlen(log)) == log);
    CHECK(std::strlen(log) == 63);
    CHECK(source.log_length == std::strlen(on.error.message));
    CHECK(module == nullptr);
  }

  TEST_CASE("kernels of a loaded module run, and two loadings are two modules") {
    opened_device on;
    hal_stream *stream = on.stream();
    hal_memory *x = on.memory(1024 * 4), *y = on.memory(1024 * 4);
    for (int index = 0; index < 1024; ++index) {
      static_cast<float *>(x->host)[index] = static_cast<float>(index);
      static_cast<float *>(y->host)[index] = 1.0f;
    }
    std::vector<hal_module *> modules;
    for (const bytes &given : {copy_of(bare_bytes), copy_of(common_bytes), copy_of(bare_bytes)}) {
      hal_module_source source{};
      source.struct_size = sizeof source;
      source.format = "elf";
      source.bytes = given.data();
      source.size = given.size();
      hal_module *module = nullptr;
      const hal_status status = on.table.module_load(on.device, &source, &module, &on.error);
      REQUIRE_MESSAGE(status == HAL_STATUS_OK, on.error.message);
      CHECK(source.log_length == 0);
      modules.push_back(module);
      CHECK(on.launch(stream, on.kernel(module, "add"), 8, 128, {x, y}) == HAL_STATUS_OK);
    }
    CHECK(on.kernel(modules[0], "add") != on.kernel(modules[2], "add"));
    CHECK(on.wait(stream) == HAL_STATUS_OK);
    CHECK(static_cast<float *>(y->host)[1000] == 3001.0f);
    for (hal_module *module : modules) on.end(module);
    on.end(x);
    on.end(y);
    on.end(stream);
  }
}

}  // namespace hal::plugins::host
