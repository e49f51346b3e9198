// What is read of PTX text and of binaries without the driver.
#include "plugins/cuda/image.hpp"

#include <doctest/doctest.h>
#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

namespace cuda = hal::plugins::cuda;

namespace {

constexpr char text[] = R"(
// .entry in_a_comment(
.version 7.0
.target sm_60
/* .entry in_another( */
.visible .entry first(
  .param .u64 .ptr .global .align 4 first_param_0,
  .param .u8 first_param_1, .param .f64 second,
  .param .align 16 .b8 block[48]
)
.maxntid 64, 1, 1
{ ret; }
.func helper(.param .u32 x) { ret; }
.entry second() .reqntid 8, 4 { ret; }
.visible .entry third{ret;}
)";

// A cubin with one kernel of two parameters, as far as its tables go.
std::vector<std::byte> make_cubin(const std::string &kernel) {
  const std::string names =
      std::string(1, '\0') + ".shstrtab" + std::string(1, '\0') + ".nv.info." + kernel + std::string(1, '\0');
  const std::uint8_t info[] = {4, 0x17, 12, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x21, 0,   // 8 bytes at 0
                               4, 0x17, 12, 0, 0,  0, 0, 0, 1, 0, 8, 0, 0, 0xf0, 0x11, 0,   // 4 bytes at 8
                               4, 0x10, 12, 0, 32, 0, 0, 0, 2, 0, 0, 0, 1, 0,    0,    0};  // 32 x 2 x 1
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = 190;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 1;
  header.e_shoff = sizeof header;
  Elf64_Shdr sections[3] = {};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = sizeof header + sizeof sections;
  sections[1].sh_size = names.size();
  sections[2].sh_name = 11;
  sections[2].sh_type = SHT_PROGBITS;
  sections[2].sh_offset = sections[1].sh_offset + names.size();
  sections[2].sh_size = sizeof info;
  std::vector<std::byte> image;
  const auto add = [&image](const void *from, std::size_t size) {
    const std::size_t end = image.size();
    image.resize(end + size);
    std::memcpy(image.data() + end, from, size);
  };
  add(&header, sizeof header);
  add(sections, sizeof sections);
  add(names.data(), names.size());
  add(info, sizeof info);
  return image;
}

}  // namespace

TEST_CASE("cuda image: PTX entries with their parameters and required blocks") {
  const auto kernels = cuda::read_ptx(text);
  REQUIRE(kernels.size() == 3);
  CHECK(kernels[0].name == "first");
  REQUIRE(kernels[0].parameters.size() == 4);
  CHECK(kernels[0].parameters[0].kind == HAL_ARGUMENT_MEMORY);
  CHECK(kernels[0].parameters[0].size == 8);
  CHECK(kernels[0].parameters[0].alignment == 8);
  CHECK(kernels[0].parameters[0].name == "first_param_0");
  CHECK(kernels[0].parameters[1].size == 1);
  CHECK(kernels[0].parameters[2].size == 8);
  CHECK(kernels[0].parameters[2].name == "second");
  CHECK(kernels[0].parameters[3].size == 48);
  CHECK(kernels[0].parameters[3].alignment == 16);
  CHECK(kernels[0].required_block[0] == 0);
  CHECK(kernels[1].name == "second");
  CHECK(kernels[1].required_block[0] == 8);
  CHECK(kernels[1].required_block[1] == 4);
  CHECK(kernels[1].required_block[2] == 1);
  CHECK(kernels[2].name == "third");
}

TEST_CASE("cuda image: any beginning of PTX text is read without harm [negative]") {
  const std::string whole = text;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(cuda::read_ptx({part.data(), part.size()}).size() <= 3);
  }
  CHECK(cuda::read_ptx(".entry broken(.param .nothing x)").empty());
  CHECK(cuda::read_ptx(".entry broken(.param .b8 x[99999999999])").empty());
  CHECK(cuda::read_ptx(".entry broken(").empty());
}

TEST_CASE("cuda image: the kernels of a cubin") {
  const auto image = make_cubin("scale");
  REQUIRE(cuda::cubin_fault(image) == "");
  const auto kernels = cuda::read_cubin(image);
  REQUIRE(kernels.size() == 1);
  CHECK(kernels[0].name == "scale");
  REQUIRE(kernels[0].parameters.size() == 2);
  CHECK(kernels[0].parameters[0].size == 8);
  CHECK(kernels[0].parameters[1].size == 4);
  CHECK(kernels[0].parameters[1].alignment == 4);
  CHECK(kernels[0].required_block[0] == 32);
  CHECK(kernels[0].required_block[1] == 2);
}

TEST_CASE(
    "cuda image: a cubin that was cut short or damaged anywhere is refused or read without harm [negative]") {
  const auto image = make_cubin("scale");
  for (std::size_t length = 0; length < image.size(); ++length) {
    const std::vector<std::byte> part(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(cuda::cubin_fault(part) != "");
  }
  for (std::size_t at = 0; at < image.size(); ++at) {
    for (const std::uint8_t flip : {0x01, 0x80, 0xff}) {
      auto damaged = image;
      damaged[at] ^= std::byte{flip};
      if (cuda::cubin_fault(damaged).empty()) (void)cuda::read_cubin(damaged);
    }
  }
}

TEST_CASE("cuda image: fatbins are measured by their header [negative]") {
  std::vector<std::byte> image(16 + 32);
  const std::uint32_t magic = 0xba55ed50;
  const std::uint16_t version[] = {1, 16};
  std::uint64_t size = 32;
  std::memcpy(image.data(), &magic, 4);
  std::memcpy(image.data() + 4, version, 4);
  std::memcpy(image.data() + 8, &size, 8);
  CHECK(cuda::fatbin_fault(image) == "");
  CHECK(cuda::fatbin_fault(std::span(image).first(47)) != "");
  CHECK(cuda::fatbin_fault(std::span(image).first(15)) != "");
  size = UINT64_MAX;
  std::memcpy(image.data() + 8, &size, 8);
  CHECK(cuda::fatbin_fault(image) != "");
}
