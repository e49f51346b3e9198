// What is read from SPIR-V, and what is refused.
#include "plugins/level_zero/image.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "plugins/level_zero/describe.hpp"

namespace level_zero = hal::plugins::level_zero;

namespace {

using words = std::vector<std::uint32_t>;

level_zero::image read(const words &module, std::size_t cut = 0) {
  std::vector<std::byte> bytes(module.size() * 4 - cut);
  std::memcpy(bytes.data(), module.data(), bytes.size());
  return level_zero::read_spirv(bytes);
}

std::uint32_t op(std::uint32_t code, std::uint32_t length) {
  return length << 16 | code;
}

// kernel void k(global uint *a, local ushort *b, float3 c) with a specialisation constant 7 of 32 bits.
words small_module() {
  words module = {0x07230203, 0x00010200, 0, 40, 0};
  const auto add = [&module](std::initializer_list<std::uint32_t> more) {
    module.insert(module.end(), more.begin(), more.end());
  };
  add({op(15, 5), 6, 20, 'k', 0});    // OpEntryPoint Kernel %20 "k"; the second word ends nothing
  add({op(16, 6), 20, 17, 8, 4, 1});  // LocalSize 8 4 1
  add({op(5, 3), 22, 'a'});           // OpName %22 "a"
  add({op(71, 4), 30, 1, 7});         // SpecId 7
  add({op(71, 4), 24, 44, 32});       // Alignment 32
  add({op(19, 2), 1});                // void
  add({op(21, 4), 2, 32, 0});         // uint
  add({op(21, 4), 3, 16, 0});         // ushort
  add({op(22, 3), 4, 32});            // float
  add({op(23, 4), 5, 4, 3});          // float3
  add({op(32, 4), 6, 5, 2});          // global uint *
  add({op(32, 4), 7, 4, 3});          // local ushort *
  add({op(33, 6), 8, 1, 6, 7, 5});    // its type
  add({op(50, 4), 2, 30, 1});         // OpSpecConstant uint %30 1
  add({op(54, 5), 1, 20, 0, 8});      // OpFunction
  add({op(55, 3), 6, 22});
  add({op(55, 3), 7, 23});
  add({op(55, 3), 5, 24});
  add({op(248, 2), 25});
  add({op(253, 1)});
  add({op(56, 1)});
  return module;
}

}  // namespace

TEST_CASE("level_zero image: kernels, parameters, required block and constants") {
  const level_zero::image found = read(small_module());
  REQUIRE_MESSAGE(found.fault.empty(), found.fault);
  CHECK(found.version == 0x10002);
  REQUIRE(found.kernels.size() == 1);
  const level_zero::image_kernel &kernel = found.kernels[0];
  CHECK(kernel.name == "k");
  CHECK(kernel.required_block[0] == 8);
  CHECK(kernel.required_block[1] == 4);
  REQUIRE(kernel.parameters.size() == 3);
  CHECK(kernel.parameters[0].kind == HAL_ARGUMENT_MEMORY);
  CHECK(kernel.parameters[0].size == 8);
  CHECK(kernel.parameters[0].name == "a");
  CHECK(kernel.parameters[1].kind == HAL_ARGUMENT_SHARED);
  CHECK(kernel.parameters[1].alignment == 2);
  CHECK(kernel.parameters[2].kind == HAL_ARGUMENT_VALUE);
  CHECK(kernel.parameters[2].size == 16);
  CHECK(kernel.parameters[2].alignment == 32);
  REQUIRE(found.constants.size() == 1);
  CHECK(found.constants[0].id == 7);
  CHECK(found.constants[0].size == 4);
  CHECK_FALSE(found.constants[0].is_real);
}

TEST_CASE("level_zero image: every cut is seen [negative]") {
  const words whole = small_module();
  for (std::size_t cut = 1; cut < whole.size() * 4; ++cut) {
    CAPTURE(cut);
    CHECK_FALSE(read(whole, cut).fault.empty());
  }
}

TEST_CASE("level_zero image: any changed word is read without harm [negative]") {
  const words whole = small_module();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const std::uint32_t other : {0u, 1u, 0xffffffffu, 0x00010000u, 0xffff0020u, 0x00040020u}) {
      words changed = whole;
      changed[at] = other;
      const level_zero::image found = read(changed);
      if (found.fault.empty()) CHECK_FALSE(found.kernels.empty());
    }
  }
}

TEST_CASE("level_zero image: the other byte order, another format, no kernel [negative]") {
  words module = small_module();
  module[0] = 0x03022307;
  CHECK(read(module).fault.find("byte order") != std::string::npos);
  module[0] = 0x464c457f;
  CHECK(read(module).fault.find("does not begin") != std::string::npos);
  CHECK(read({0x07230203, 0x00010200, 0, 1, 0}).fault.find("no kernel") != std::string::npos);
}

TEST_CASE("level_zero clock: ticks become nanoseconds, across a wrap and backwards") {
  const level_zero::device_clock clock{1e9 / 19'200'000, 36};
  constexpr std::uint64_t wrap = 1ull << 36;
  CHECK(clock.between(100, 100 + 19'200'000) == 1'000'000'000);
  CHECK(clock.between(wrap - 9'600'000, 9'600'000) == 1'000'000'000);
  CHECK(clock.between(9'600'000, wrap - 9'600'000) == -1'000'000'000);
  CHECK(clock.between(19'200'100, 100) == -1'000'000'000);
  const level_zero::device_clock whole{52, 64};
  CHECK(whole.between(UINT64_MAX - 9, 10) == 20 * 52);
}

TEST_CASE("level_zero clock: a tick by the version of the specification") {
  hal::plugins::level_zero::driver::device_properties facts{};
  facts.timestamp_bits = 36;
  facts.timer_resolution = 52;
  level_zero::found_device of;
  of.version = 0x10000;
  CHECK(level_zero::clock_of(of, facts).nanoseconds == doctest::Approx(52));
  facts.timer_resolution = 19'200'000;
  of.version = 0x10002;
  CHECK(level_zero::clock_of(of, facts).nanoseconds == doctest::Approx(52.08333));
  facts.timestamp_bits = 0;
  CHECK(level_zero::clock_of(of, facts).bits == 64);
}
