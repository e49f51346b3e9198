// How C++ arguments get to the plugin, and what that costs.
#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <string>

#include "hal/hal.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::heap_facts;
using hal::test::open_fixture;
using hal::test::thrown;

struct point {
  double x;
  std::int16_t tag;
};

template <typename Value>
Value value_of(const heap_launch &launch, int index) {
  Value value;
  std::memcpy(&value, launch.values[index], sizeof value);
  return value;
}

class launching {
 public:
  launching()
      : device(open_fixture("heap_a:0")),
        stream(device.create_stream()),
        module(device.load({.format = "any", .bytes = {}})) {
    kernel = module["any"];
  }
  const heap_launch &last() const { return heap_facts("heap_a").last_launch; }

  hal::device device;
  hal::stream stream;
  hal::module module;
  hal::kernel kernel;
};

TEST_CASE("launch: arguments of every kind, in order") {
  launching all;
  const hal::buffer memory = all.device.allocate(16);
  all.stream.launch(all.kernel, {.grid = {2, 3, 4}, .block = {5, 6}, .dynamic_shared_memory = 700}, memory,
                    2.5f, std::int64_t{-7}, point{1.5, 9}, hal::shared_memory{128}, true);
  const heap_launch &seen = all.last();
  CHECK(seen.stream == all.stream.handle());
  CHECK(seen.kernel == all.kernel.handle());
  CHECK(seen.record.struct_size == sizeof(hal_launch));
  CHECK(seen.record.flags == 0);
  CHECK(seen.record.grid[0] == 2);
  CHECK(seen.record.grid[1] == 3);
  CHECK(seen.record.grid[2] == 4);
  CHECK(seen.record.block[0] == 5);
  CHECK(seen.record.block[1] == 6);
  CHECK(seen.record.block[2] == 1);
  CHECK(seen.record.dynamic_shared_memory == 700);
  CHECK(seen.record.reserved == 0);
  REQUIRE(seen.record.argument_count == 6);
  const std::pair<hal_argument_kind, std::uint32_t> types[] = {
      {HAL_ARGUMENT_MEMORY, 8},   {HAL_ARGUMENT_VALUE, 4},
      {HAL_ARGUMENT_VALUE, 8},    {HAL_ARGUMENT_VALUE, sizeof(point)},
      {HAL_ARGUMENT_SHARED, 128}, {HAL_ARGUMENT_VALUE, 1},
  };
  for (int i = 0; i < 6; ++i) {
    CAPTURE(i);
    CHECK(seen.types[i].kind == types[i].first);
    CHECK(seen.types[i].size == types[i].second);
  }
  // Memory is the handle itself, which begins with its address.
  CHECK(seen.pointers[0] == memory.handle());
  CHECK(seen.addresses[0] == memory.address());
  CHECK(value_of<float>(seen, 1) == 2.5f);
  CHECK(value_of<std::int64_t>(seen, 2) == -7);
  CHECK(value_of<point>(seen, 3).x == 1.5);
  CHECK(value_of<point>(seen, 3).tag == 9);
  CHECK(value_of<bool>(seen, 5));
}

TEST_CASE("launch: no arguments, and cooperative") {
  launching all;
  all.stream.launch(all.kernel, {.grid = 1, .block = 1, .cooperative = true});
  CHECK(all.last().record.argument_count == 0);
  CHECK(all.last().record.flags == HAL_LAUNCH_COOPERATIVE);
}

TEST_CASE("launch: an empty buffer is a null handle, for the plugin to judge") {
  launching all;
  all.stream.launch(all.kernel, {.grid = 1, .block = 1}, hal::buffer());
  CHECK(all.last().types[0].kind == HAL_ARGUMENT_MEMORY);
  CHECK(all.last().pointers[0] == nullptr);
}

TEST_CASE("launch: a kernel of another name, or of none") {
  launching all;
  CHECK(to_string(thrown([&] { all.stream.launch(hal::kernel(), {.grid = 1, .block = 1}); }).status()) ==
        "invalid_handle");
}

TEST_CASE("launch: a record made by hand is passed on as it is") {
  launching all;
  hal_launch record{};
  record.struct_size = sizeof record;
  record.grid[0] = 77;
  all.stream.launch_record(all.kernel, record);
  CHECK(all.last().record.grid[0] == 77);
}

TEST_CASE("extent: any integers, as far as they fit") {
  const std::size_t large = 4'000'000'000;
  const hal::launch_shape shape{.grid = {large, 2, std::uint8_t{3}}, .block = 64};
  CHECK(shape.grid.x == 4'000'000'000u);
  CHECK(shape.grid.y == 2);
  CHECK(shape.grid.z == 3);
  CHECK(shape.block.x == 64);
  CHECK(shape.block.y == 1);
  CHECK(hal::extent().x == 1);
  const auto check = [](auto wrong) {
    const hal::error error = thrown([&] { hal::extent{wrong}; });
    CHECK(to_string(error.status()) == "out_of_range");
    CHECK_NAMES(error.what(), std::to_string(wrong));
  };
  check(-1);
  check(std::numeric_limits<std::int64_t>::min());
  check(std::uint64_t{1} << 32);
}

// What may be a kernel's argument is told at compile time.
static_assert(hal::detail::kernel_argument<int>);
static_assert(hal::detail::kernel_argument<point>);
static_assert(hal::detail::kernel_argument<hal::buffer>);
static_assert(hal::detail::kernel_argument<hal::shared_memory>);
static_assert(!hal::detail::kernel_argument<std::string>);
static_assert(!hal::detail::kernel_argument<hal::buffer_view>);
static_assert(!hal::detail::kernel_argument<hal::stream>);
static_assert(!hal::detail::kernel_argument<int[4]>);

TEST_CASE("cost: the hot calls allocate nothing") {
  const hal::device device = open_fixture("null:0");
  hal::stream stream = device.create_stream();
  const hal::module module = device.load({.format = "any", .bytes = {}});
  const hal::kernel kernel = module["any"];
  const hal::buffer x = device.allocate(64);
  const hal::buffer y = device.allocate(64);
  const hal::event event = device.create_event();
  const hal::graph_executable graph(stream.capture([](hal::stream &) {}));
  std::array<char, 16> host{};

  const hal::test::allocation_count allocations;
  stream.launch(kernel, {.grid = 4, .block = 256}, x, y, 2.0f, 1024);
  CHECK(allocations.get() == 0);
  stream.launch(graph);
  stream.copy(x, host);
  stream.copy(host, x);
  stream.copy(x.part(0, 16), y.part(0, 16));
  stream.fill(x, 1);
  stream.record(event);
  stream.wait(event);
  (void)stream.idle();
  (void)event.ready();
  event.synchronize();
  stream.synchronize();
  CHECK(allocations.get() == 0);
  // The counter counts.
  ::operator delete(::operator new(16));
  CHECK(allocations.get() == 1);
}

}  // namespace
