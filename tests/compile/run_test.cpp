// What is compiled for the CPU runs, and its loops compute what its fibers do.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "tests/compile/machine.hpp"
#include "tests/compile/support.hpp"

namespace {

using extents = std::array<std::uint32_t, 3>;
using numbers = std::vector<std::int32_t>;

std::uint32_t count_of(const extents &each) {
  return each[0] * each[1] * each[2];
}

class machine : public compile_test::machine {
 public:
  numbers run(const hal::program &code, const char *kernel, extents grid, extents block, const numbers &in,
              std::uint32_t n) {
    const hal::buffer from = device().allocate(in.size() * sizeof in[0]);
    const hal::buffer to = device().allocate(in.size() * sizeof in[0]);
    stream().copy(from, in);
    stream().fill(to, std::uint32_t{0x5a5a5a5a});
    stream().launch(code[kernel],
                    {.grid = {grid[0], grid[1], grid[2]}, .block = {block[0], block[1], block[2]}}, to, from,
                    n);
    numbers out(in.size());
    stream().copy(out, to);
    stream().synchronize();
    return out;
  }
};

hal::bundle compiled(const char *source, const char *target, bool fibers) {
  hal::rt::compile_request request = compile_test::request_for(source, target);
  request.options.fibers = fibers;
  return compile_test::made(request);
}

numbers random_numbers(std::size_t count) {
  std::mt19937 generator(7);
  std::uniform_int_distribution<std::int32_t> pick(-1000, 1000);
  numbers made(count);
  for (std::int32_t &each : made) each = pick(generator);
  return made;
}

const extents grids[] = {{1, 1, 1}, {3, 2, 2}, {5, 1, 1}};
const extents blocks[] = {{1, 1, 1}, {16, 1, 1}, {256, 1, 1}, {8, 4, 2}, {2, 16, 4}, {1, 1, 32}};

}  // namespace

TEST_CASE("compile: loops over a block's items compute what fibers do") {
  if (!compile_test::has_compiler("for the loops")) return;
  machine host;
  const hal::bundle looped = compiled("regions.cl", compile_test::own_target, false);
  const hal::bundle on_fibers = compiled("regions.cl", compile_test::own_target, true);
  // Where the plugin cannot do it, the compiler falls back to fibers.
  const bool same = std::ranges::equal(looped.code(0).bytes(), on_fibers.code(0).bytes());
  if (hal::rt::toolchain::find().plugin().empty()) {
    MESSAGE("skipped: the plugin that makes loops was not built, for there is no llvm-22-dev");
    return;
  }
  REQUIRE_FALSE(same);
  const hal::program loops = host.load(looped);
  const hal::program fibers = host.load(on_fibers);
  for (const std::string &name : looped.kernel_names()) {
    for (const extents &grid : grids) {
      for (const extents &block : blocks) {
        const numbers in = random_numbers(std::size_t{count_of(grid)} * count_of(block));
        for (const std::uint32_t n : {0u, 1u, 3u, 10u}) {
          INFO(fmt::format("{} n={} grid {}x{}x{} block {}x{}x{}", name, n, grid[0], grid[1], grid[2],
                           block[0], block[1], block[2]));
          CHECK(host.run(loops, name.c_str(), grid, block, in, n) ==
                host.run(fibers, name.c_str(), grid, block, in, n));
        }
      }
    }
  }
}

TEST_CASE("compile: what a bound keeps from running does not run, and all else does") {
  if (!compile_test::has_compiler("for the loops")) return;
  machine host;
  if (hal::rt::toolchain::find().plugin().empty()) {
    MESSAGE("skipped: the plugin that makes loops was not built, for there is no llvm-22-dev");
    return;
  }
  const hal::bundle looped = compiled("guarded.cl", compile_test::own_target, false);
  const hal::bundle on_fibers = compiled("guarded.cl", compile_test::own_target, true);
  REQUIRE_FALSE(std::ranges::equal(looped.code(0).bytes(), on_fibers.code(0).bytes()));
  const hal::program loops = host.load(looped);
  const hal::program fibers = host.load(on_fibers);
  for (const std::string &name : looped.kernel_names()) {
    for (const extents &grid : {extents{1, 1, 1}, extents{5, 1, 1}}) {
      for (const extents &block :
           {extents{1, 1, 1}, extents{7, 1, 1}, extents{64, 1, 1}, extents{300, 1, 1}, extents{16, 4, 1}}) {
        const std::uint32_t count = count_of(grid) * count_of(block);
        const std::uint32_t width = grid[0] * block[0];
        const numbers in = random_numbers(count);
        for (const std::uint32_t n :
             {0u, 1u, 2u, width / 2, width - 1, width, width + 1, count, 64u, 255u, 256u, 0x7fffffffu,
              0x80000000u, 0x80000010u, 0xfffffff8u, 0xffffffffu}) {
          INFO(fmt::format("{} n={} grid {} block {}x{}", name, n, grid[0], block[0], block[1]));
          CHECK(host.run(loops, name.c_str(), grid, block, in, n) ==
                host.run(fibers, name.c_str(), grid, block, in, n));
        }
      }
    }
  }
}

TEST_CASE("compile: a block's items share memory, and no other block's") {
  if (!compile_test::has_compiler("for the runs")) return;
  machine host;
  for (const bool fibers : {false, true}) {
    const hal::program code = host.load(compiled("regions.cl", compile_test::own_target, fibers));
    const extents grid{64, 1, 1};
    const extents block{64, 1, 1};
    const numbers in = random_numbers(64 * 64);
    const numbers out = host.run(code, "scan", grid, block, in, 0);
    const numbers tree = host.run(code, "tree", grid, block, in, 1);
    for (std::size_t first = 0; first < in.size(); first += 64) {
      numbers expected(64);
      std::partial_sum(in.begin() + static_cast<std::ptrdiff_t>(first),
                       in.begin() + static_cast<std::ptrdiff_t>(first + 64), expected.begin());
      CHECK(std::equal(expected.begin(), expected.end(), out.begin() + static_cast<std::ptrdiff_t>(first)));
      CHECK(tree[first + 5] == expected.back());
    }
  }
}
