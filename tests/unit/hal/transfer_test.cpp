// Copies between devices.
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using namespace hal::literals;
using hal::test::heap_facts;
using hal::test::plugin_folder;
using hal::test::thrown;

// One runtime with both plugins: copies tell one plugin's devices from another's.
class two_plugins {
 public:
  two_plugins() {
    plugin_folder folder;
    folder.add("heap_a");
    folder.add("heap_b");
    hal::runtime runtime(folder.options());
    a0 = runtime.open("heap_a:0");
    a1 = runtime.open("heap_a:1");
    b0 = runtime.open("heap_b:0");
    b1 = runtime.open("heap_b:1");
  }
  hal::device a0, a1, b0, b1;
};

std::vector<std::uint32_t> pattern(std::uint64_t bytes) {
  std::vector<std::uint32_t> all(bytes / 4);
  std::iota(all.begin(), all.end(), 1u);
  return all;
}

// Writes on one device, copies, reads on the other.
void check_copy(const hal::device &from, const hal::device &to, bool by_source, std::uint64_t size) {
  CAPTURE(from.info().selector());
  CAPTURE(to.info().selector());
  CAPTURE(size);
  hal::stream reading = from.create_stream();
  hal::stream writing = to.create_stream();
  const hal::buffer source = from.allocate(size + 8);
  const hal::buffer destination = to.allocate(size + 16);
  reading.copy(source.part(8, size), pattern(size));
  writing.fill(destination, std::uint8_t{0xee});
  hal::stream &stream = by_source ? reading : writing;
  stream.copy(destination.part(4, size), source.part(8, size));
  stream.synchronize();
  std::vector<std::uint32_t> found(size / 4 + 2);
  writing.copy(found, destination.part(0, size + 8));
  writing.synchronize();
  CHECK(found.front() == 0xeeeeeeee);
  CHECK(found.back() == 0xeeeeeeee);
  CHECK((std::vector<std::uint32_t>(found.begin() + 1, found.end() - 1) == pattern(size)));
}

TEST_CASE("transfer: across two plugins through the host, by a stream of either side") {
  two_plugins all;
  for (const bool by_source : {true, false}) {
    // Less than a chunk, exactly one, several with a rest.
    for (const std::uint64_t size : {4_KiB, 4_MiB, 9_MiB + 4}) {
      check_copy(all.a0, all.b0, by_source, size);
      check_copy(all.b1, all.a1, by_source, size);
    }
  }
  CHECK(heap_facts("heap_a").peer_copies == 0);
}

TEST_CASE("transfer: two devices of a plugin that can copy between them are left to it") {
  two_plugins all;
  const int before = heap_facts("heap_a").peer_copies;
  check_copy(all.a0, all.a1, true, 4_KiB);
  check_copy(all.a0, all.a1, false, 4_KiB);
  CHECK(heap_facts("heap_a").peer_copies == before + 2);
}

TEST_CASE("transfer: two devices of a plugin that cannot go through the host") {
  two_plugins all;
  check_copy(all.b0, all.b1, true, 4_KiB);
  check_copy(all.b0, all.b1, false, 5_MiB);
}

TEST_CASE("transfer: two openings of one device are two devices") {
  two_plugins all;
  const hal::device again = hal::test::open_fixture("heap_b:0");
  check_copy(all.b0, again, true, 4_KiB);
}

TEST_CASE("transfer: devices that were opened before and after a refresh are still one plugin's") {
  plugin_folder folder;
  folder.add("heap_a");
  hal::runtime runtime(folder.options());
  const hal::device before = runtime.open("heap_a:0");
  runtime.refresh();
  const int copies = heap_facts("heap_a").peer_copies;
  check_copy(before, runtime.open("heap_a:1"), true, 4_KiB);
  CHECK(heap_facts("heap_a").peer_copies == copies + 1);
}

TEST_CASE("transfer: nothing is nothing") {
  two_plugins all;
  hal::stream stream = all.a0.create_stream();
  const hal::buffer source = all.a0.allocate(8);
  const hal::buffer destination = all.b0.allocate(8);
  CHECK_NOTHROW(stream.copy(destination.part(8, 0), source.part(0, 0)));
}

TEST_CASE("transfer: streams of the other side end with the copy") {
  two_plugins all;
  check_copy(all.a0, all.b0, true, 4_KiB);
  CHECK(heap_facts("heap_a").streams == 0);
  CHECK(heap_facts("heap_b").streams == 0);
}

TEST_CASE("transfer: a stream of a third device is a mistake that names all three") {
  two_plugins all;
  hal::stream third = all.b1.create_stream();
  const hal::buffer source = all.a0.allocate(8);
  const hal::buffer destination = all.b0.allocate(8);
  const hal::error error = thrown([&] { third.copy(destination, source); });
  CHECK(to_string(error.status()) == "invalid_handle");
  for (const char *name : {"heap_b:1", "heap_a:0", "heap_b:0"}) CHECK_NAMES(error.what(), name);
}

TEST_CASE("transfer: a stream of another plugin is not given memory that it cannot know") {
  two_plugins all;
  hal::stream stranger = all.b0.create_stream();
  const hal::buffer source = all.a0.allocate(8);
  const hal::buffer destination = all.a0.allocate(8);
  const hal::error error = thrown([&] { stranger.copy(destination, source); });
  CHECK(to_string(error.status()) == "invalid_handle");
  CHECK_NAMES(error.what(), "heap_b:0");
  CHECK_NAMES(error.what(), "heap_a:0");
}

TEST_CASE("transfer: what is too large is refused before anything is copied") {
  two_plugins all;
  hal::stream stream = all.a0.create_stream();
  const hal::buffer source = all.a0.allocate(16);
  const hal::buffer destination = all.b0.allocate(8);
  CHECK(to_string(thrown([&] { stream.copy(destination, source); }).status()) == "out_of_range");
}

TEST_CASE("transfer: a capture cannot hold a copy through the host") {
  two_plugins all;
  hal::stream stream = all.a0.create_stream();
  const hal::buffer source = all.a0.allocate(8);
  const hal::buffer destination = all.b0.allocate(8);
  const hal::error error =
      thrown([&] { stream.capture([&](hal::stream &capturing) { capturing.copy(destination, source); }); });
  CHECK(to_string(error.status()) == "invalid_state");
  CHECK_NOTHROW(stream.synchronize());
}

TEST_CASE("peer: devices of two plugins do not reach each other") {
  two_plugins all;
  CHECK_FALSE(all.a0.can_access(all.b0));
  CHECK(to_string(thrown([&] { all.a0.enable_peer(all.b0); }).status()) == "unsupported");
}

}  // namespace
