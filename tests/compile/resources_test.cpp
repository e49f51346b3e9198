// What a compiler told of registers and memory is in the bundle.
#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "runtime/bundle/code_resources.hpp"
#include "tests/compile/support.hpp"

using hal::rt::kernel_resources;
using hal::rt::resources_of;

namespace {

constexpr char target[] = "gfx942";

bool has_amdgpu() {
  try {
    hal::rt::toolchain::find().need(hal::rt::parse_compile_target(target));
    return true;
  } catch (const hal::error &missing) {
    MESSAGE("skipped: ", std::string(missing.what()));
    return false;
  }
}

}  // namespace

TEST_CASE("resources: each kernel's registers, shared and private memory") {
  if (!has_amdgpu()) return;
  const hal::bundle made = compile_test::made(compile_test::request_for("resources.cl", target));
  const auto of = [&made](const char *name) {
    const auto kernel = made.find(name);
    REQUIRE(kernel);
    REQUIRE(kernel->variants.size() == 1);
    return kernel->variants[0].resources;
  };
  const hal::bundle_resources plain = of("plain");
  CHECK(plain.registers_per_item.value_or(0) >= 1);
  CHECK(plain.registers_per_item.value_or(0) < of("many_registers").registers_per_item);
  CHECK(plain.static_shared_memory == 0);
  CHECK(plain.local_memory_per_item == 0);
  CHECK(of("shares").static_shared_memory == 1024);
  CHECK(of("keeps").local_memory_per_item.value_or(0) >= 256);
}

TEST_CASE("resources: bytes that are no code object tell nothing, wherever they end [negative]") {
  CHECK(resources_of("hsaco", {}).empty());
  if (!has_amdgpu()) return;
  const hal::bundle made = compile_test::made(compile_test::request_for("resources.cl", target));
  const auto code = made.code(0);
  const std::span<const std::byte> whole = code.bytes();
  const kernel_resources known = resources_of("hsaco", whole);
  CHECK(known.size() == 4);
  CHECK(resources_of("cubin", whole).empty());
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const kernel_resources some = resources_of("hsaco", whole.first(size));
    CHECK((some.empty() || some.size() == known.size()));
  }
  // Every byte of the first pages, one at a time: the headers, the notes and what they say.
  std::vector<std::byte> changed(whole.begin(), whole.end());
  for (std::size_t at = 0; at < std::min<std::size_t>(changed.size(), 4096); ++at) {
    const std::byte was = std::exchange(changed[at], std::byte{0x91});
    CHECK(resources_of("hsaco", changed).size() <= known.size());
    changed[at] = was;
  }
  // Arrays within arrays, as deep as the notes are long.
  const auto text =
      std::search(changed.begin(), changed.end(), reinterpret_cast<const std::byte *>("amdhsa."),
                  reinterpret_cast<const std::byte *>("amdhsa.") + 7);
  REQUIRE(text != changed.end());
  std::fill(text - 2, changed.end(), std::byte{0x91});
  CHECK(resources_of("hsaco", changed).empty());
}
