// What is read of code objects and bundles without the runtime.
#include "plugins/hip/image.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "plugins/hip/msgpack.hpp"
#include "tests/support/code_object.hpp"

namespace hip = hal::plugins::hip;

namespace {

using bytes = std::vector<std::byte>;
using hal::test::code_object;
using hal::test::packed;

void add(bytes &to, const void *from, std::size_t size) {
  const std::size_t end = to.size();
  to.resize(end + size);
  if (size != 0) std::memcpy(to.data() + end, from, size);
}

// Metadata of one kernel with four parameters that count and one that does not.
bytes metadata(const std::string &target) {
  packed out;
  out.map(2).text("amdhsa.kernels").list(1).map(3).text(".name").text("scale").text(".args").list(5);
  out.argument("global_buffer", 0, 8).argument("by_value", 8, 4).argument("dynamic_shared_pointer", 12, 4);
  out.argument("by_value", 16, 48).argument("hidden_block_count_x", 64, 4);
  out.text(".reqd_workgroup_size").list(3).byte(32).byte(2).byte(1);
  out.text("amdhsa.target").text(target);
  return out.bytes();
}

hip::code_object read(const bytes &image) {
  std::string fault;
  hip::code_object found = hip::read_code_object(image, fault);
  CHECK(fault == "");
  return found;
}

std::string fault_of(std::span<const std::byte> image) {
  std::string fault;
  hip::read_code_object(image, fault);
  return fault;
}

bytes bundle(const std::vector<std::pair<std::string, bytes>> &parts) {
  bytes image;
  add(image, "__CLANG_OFFLOAD_BUNDLE__", 24);
  const auto number = [&image](std::uint64_t value) { add(image, &value, sizeof value); };
  number(parts.size());
  std::uint64_t at = 32;
  for (const auto &[name, content] : parts) at += 24 + name.size();
  for (const auto &[name, content] : parts) {
    number(at);
    number(content.size());
    number(name.size());
    add(image, name.data(), name.size());
    at += content.size();
  }
  for (const auto &[name, content] : parts) add(image, content.data(), content.size());
  return image;
}

}  // namespace

TEST_CASE("hip image: the target, kernels and parameters of a code object") {
  const hip::code_object told = read(code_object(metadata("amdgcn-amd-amdhsa--gfx90a:xnack+")));
  CHECK(told.made_for.text() == "gfx90a:xnack+");
  REQUIRE(told.kernels.size() == 1);
  const hip::image_kernel &kernel = told.kernels[0];
  CHECK(kernel.name == "scale");
  REQUIRE(kernel.parameters.size() == 4);
  CHECK(kernel.parameters[0].kind == HAL_ARGUMENT_MEMORY);
  CHECK(kernel.parameters[1].kind == HAL_ARGUMENT_VALUE);
  CHECK(kernel.parameters[1].size == 4);
  CHECK(kernel.parameters[1].alignment == 4);
  CHECK(kernel.parameters[2].kind == HAL_ARGUMENT_SHARED);
  CHECK(kernel.parameters[3].size == 48);
  CHECK(kernel.parameters[3].alignment == 16);
  CHECK(kernel.required_block[0] == 32);
  CHECK(kernel.required_block[1] == 2);
}

TEST_CASE("hip image: without the target's name the header's flags say it") {
  CHECK(read(code_object(metadata(""), 0x53f)).made_for.text() == "gfx90a");
  CHECK(read(code_object(metadata(""), 0x13f, 1)).made_for.text() == "gfx90a:xnack+");
}

TEST_CASE(
    "hip image: a code object that was cut short or damaged anywhere is refused or read without harm "
    "[negative]") {
  const bytes image = code_object(metadata("amdgcn-amd-amdhsa--gfx90a"));
  for (std::size_t length = 0; length < image.size(); ++length) {
    const bytes part(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(fault_of(part) != "");
  }
  for (std::size_t at = 0; at < image.size(); ++at) {
    for (const std::uint8_t flip : {0x01, 0x80, 0xff}) {
      bytes damaged = image;
      damaged[at] ^= std::byte{flip};
      (void)fault_of(damaged);
    }
  }
}

TEST_CASE("hip image: files for something else say for what [negative]") {
  const bytes image = code_object(metadata("amdgcn-amd-amdhsa--gfx90a"));
  const auto with = [&image](std::size_t at, std::uint8_t value) {
    bytes other = image;
    other[at] = std::byte{value};
    return fault_of(other);
  };
  CHECK(with(18, 62).find("machine 62") != std::string::npos);
  CHECK(with(7, 0).find("operating system 0") != std::string::npos);
  CHECK(with(8, 0).find("version 2") != std::string::npos);
  CHECK(with(16, 1).find("not linked") != std::string::npos);
  CHECK(fault_of(std::as_bytes(std::span("text", 4))).find("ELF") != std::string::npos);
}

TEST_CASE("hip image: the entries of a bundle") {
  std::string fault;
  const bytes image =
      bundle({{"host-x86_64-unknown-linux--", {}}, {"hipv4-amdgcn-amd-amdhsa--gfx906", bytes(5)}});
  CHECK(hip::is_bundle(image));
  const auto entries = hip::read_bundle(image, fault);
  CHECK(fault == "");
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].name == "hipv4-amdgcn-amd-amdhsa--gfx906");
  CHECK(entries[1].image.size() == 5);
  for (std::size_t length = 0; length < image.size(); ++length) {
    const bytes part(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(length));
    fault.clear();
    hip::read_bundle(part, fault);
    CHECK(fault != "");
  }
  fault.clear();
  hip::read_bundle(std::as_bytes(std::span("CCOB1234", 8)), fault);
  CHECK(fault.find("compressed") != std::string::npos);
}

TEST_CASE("hip msgpack: integers of every width, nesting and what is not whole") {
  const auto number_of = [](std::initializer_list<unsigned> given) {
    packed out;
    for (const unsigned one : given) out.byte(one);
    const auto told = hip::msgpack::read(out.bytes());
    REQUIRE(told);
    return told->number;
  };
  CHECK(number_of({0x7f}) == 127);
  CHECK(number_of({0xcd, 0x12, 0x34}) == 0x1234);
  CHECK(number_of({0xce, 0, 1, 0, 0}) == 65536);
  CHECK(number_of({0xcf, 1, 0, 0, 0, 0, 0, 0, 2}) == (1ull << 56) + 2);
  CHECK(number_of({0xd0, 0xff}) == UINT64_MAX);
  CHECK(number_of({0xe0}) == UINT64_MAX - 31);
  CHECK(number_of({0xc3}) == 1);
  packed deep;
  for (int i = 0; i < 100; ++i) deep.byte(0x91);
  CHECK_FALSE(hip::msgpack::read(deep.byte(0xc0).bytes()));
  packed many;
  CHECK_FALSE(hip::msgpack::read(many.byte(0xdd).byte(0xff).byte(0xff).byte(0xff).byte(0xff).bytes()));
  packed behind;
  CHECK_FALSE(hip::msgpack::read(behind.byte(0x01).byte(0x02).bytes()));
}
