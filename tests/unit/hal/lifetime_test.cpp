// Whoever holds an object holds its device open and its plugin loaded; objects die in any order.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"

namespace {

using hal::test::heap_facts;
using hal::test::open_fixture;

void check_nothing_lives() {
  const heap_facts_record &facts = heap_facts("heap_a");
  CHECK(facts.memories == 0);
  CHECK(facts.streams == 0);
  CHECK(facts.events == 0);
  CHECK(facts.modules == 0);
  CHECK(facts.graphs == 0);
  CHECK(facts.executables == 0);
  CHECK(facts.devices == 0);
  CHECK(facts.refused_closes == 0);
}

TEST_CASE("lifetime: a buffer outlives the device, the runtime and the stream") {
  {
    std::optional<hal::buffer> buffer;
    {
      const hal::device device = open_fixture("heap_a:0");
      hal::stream stream = device.create_stream();
      buffer = device.allocate(4);
      stream.fill(*buffer, 7);
    }
    CHECK(heap_facts("heap_a").devices == 1);
    CHECK(buffer->size() == 4);
    CHECK(buffer->map().as<int>()[0] == 7);
  }
  check_nothing_lives();
}

TEST_CASE("lifetime: every order of destruction is fine") {
  std::vector<int> order = {0, 1, 2, 3, 4, 5};
  do {
    auto device = std::make_optional(open_fixture("heap_a:0"));
    auto stream = std::make_optional(device->create_stream());
    auto buffer = std::make_optional(device->allocate(16));
    auto event = std::make_optional(device->create_event());
    auto module = std::make_optional(device->load({.format = "any", .bytes = {}}));
    auto graph = std::make_optional(stream->capture([](hal::stream &) {}));
    const std::function<void()> ends[] = {[&] { device.reset(); }, [&] { stream.reset(); },
                                          [&] { buffer.reset(); }, [&] { event.reset(); },
                                          [&] { module.reset(); }, [&] { graph.reset(); }};
    for (const int which : order) ends[which]();
    if (heap_facts("heap_a").devices != 0) FAIL("the device was not closed");
    // All 720 orders would take long under a sanitizer; every third is plenty.
    for (int skipped = 0; skipped < 2; ++skipped) std::next_permutation(order.begin(), order.end());
  } while (std::next_permutation(order.begin(), order.end()));
  check_nothing_lives();
}

TEST_CASE("lifetime: assignment ends what was there before") {
  {
    const hal::device device = open_fixture("heap_a:0");
    hal::buffer buffer = device.allocate(16);
    buffer = device.allocate(32);
    CHECK(heap_facts("heap_a").memories == 1);
    hal::stream stream = device.create_stream();
    stream = device.create_stream();
    CHECK(heap_facts("heap_a").streams == 1);
    hal::event event = device.create_event();
    event = {};
    CHECK(heap_facts("heap_a").events == 0);
  }
  check_nothing_lives();
}

TEST_CASE("lifetime: memory that is freed in stream order is freed once") {
  {
    const hal::device device = open_fixture("heap_a:0");
    hal::stream stream = device.create_stream();
    hal::buffer buffer = stream.allocate(16);
    CHECK(buffer.size() == 16);
    CHECK(heap_facts("heap_a").memories == 1);
    stream.free(std::move(buffer));
    CHECK_FALSE(buffer);
    CHECK(heap_facts("heap_a").memories == 0);
  }
  check_nothing_lives();
}

TEST_CASE("lifetime: memory that is released is the caller's") {
  {
    const hal::device device = open_fixture("heap_a:0");
    hal::buffer buffer = device.allocate(16);
    hal_memory *const raw = buffer.release();
    CHECK_FALSE(buffer);
    buffer = {};
    CHECK(heap_facts("heap_a").memories == 1);
    const hal::buffer again(device.state(), raw);
    CHECK(again.size() == 16);
  }
  check_nothing_lives();
}

TEST_CASE("lifetime: a mapping ends once, wherever it was moved") {
  {
    const hal::device device = open_fixture("heap_a:0");
    const hal::buffer buffer = device.allocate(16);
    std::optional<hal::mapping> kept;
    {
      hal::mapping mapping = buffer.map(4, 8);
      CHECK(mapping.bytes().size() == 8);
      CHECK(mapping.as<int>().size() == 2);
      kept = std::move(mapping);
    }
    CHECK(kept->bytes().size() == 8);
  }
  check_nothing_lives();
}

TEST_CASE("lifetime: an exported descriptor is closed once, and only where it is one") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto is_open = [](int fd) { return ::fcntl(fd, F_GETFD) >= 0; };
  hal_external_handle record{};
  record.struct_size = sizeof record;
  record.kind = HAL_EXTERNAL_FD;
  record.fd = ends[0];
  {
    hal::external_handle handle(record);
    hal::external_handle moved = std::move(handle);
    CHECK(moved.record().fd == ends[0]);
    CHECK(handle.record().fd == -1);
  }
  CHECK_FALSE(is_open(ends[0]));
  // A plugin that exports bytes may leave the descriptor at 0.
  record.kind = HAL_EXTERNAL_IPC;
  record.fd = ends[1];
  { const hal::external_handle handle(record); }
  CHECK(is_open(ends[1]));
  ::close(ends[1]);
}

}  // namespace
