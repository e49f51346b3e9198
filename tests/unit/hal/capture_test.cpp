#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::heap_facts;
using hal::test::open_fixture;
using hal::test::thrown;

TEST_CASE("capture: the work is submitted to the stream that is captured") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  hal::stream *seen = nullptr;
  const hal::graph graph = stream.capture([&seen](hal::stream &capturing) { seen = &capturing; });
  CHECK(seen == &stream);
  CHECK(graph);
  const hal::graph_executable executable(graph);
  CHECK_NOTHROW(stream.launch(executable));
}

TEST_CASE("capture: an exception ends the capture, drops what was recorded and passes through") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  CHECK_THROWS_WITH_AS(stream.capture([](hal::stream &) { throw std::runtime_error("mine"); }), "mine",
                       std::runtime_error);
  CHECK(heap_facts("heap_a").graphs == 0);
  CHECK_NOTHROW(stream.synchronize());
  CHECK_NOTHROW(stream.capture([](hal::stream &) {}));
}

TEST_CASE("capture: what is not allowed meanwhile fails, and the capture ends") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::error error =
      thrown([&] { stream.capture([](hal::stream &capturing) { capturing.synchronize(); }); });
  CHECK(to_string(error.status()) == "invalid_state");
  CHECK(heap_facts("heap_a").graphs == 0);
  CHECK_NOTHROW(stream.synchronize());
}

TEST_CASE("capture: within a capture is refused, and ends both") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::error error =
      thrown([&] { stream.capture([](hal::stream &outer) { outer.capture([](hal::stream &) {}); }); });
  CHECK(to_string(error.status()) == "invalid_state");
  CHECK(heap_facts("heap_a").graphs == 0);
  CHECK_NOTHROW(stream.synchronize());
}

TEST_CASE("capture: an exception on a stream that cannot be captured any more still passes through") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  hal::stream kept;
  CHECK_THROWS_AS(stream.capture([&kept](hal::stream &capturing) {
    kept = std::move(capturing);
    throw 5;
  }),
                  int);
  CHECK_FALSE(stream);
  CHECK(kept);
}

}  // namespace
