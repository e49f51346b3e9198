#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "hal/hal.hpp"
#include "tests/support/fixture_device.hpp"
#include "tests/support/thrown.hpp"

namespace {

using hal::test::open_fixture;
using hal::test::thrown;

std::vector<int> numbers(std::size_t count) {
  std::vector<int> all(count);
  std::iota(all.begin(), all.end(), 1);
  return all;
}

TEST_CASE("copy: there and back, for every kind of range") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::buffer buffer = device.allocate(16);
  stream.copy(buffer, numbers(4));
  std::array<int, 4> array{};
  stream.copy(array, buffer);
  CHECK(array == std::array<int, 4>{1, 2, 3, 4});
  int plain[2] = {};
  stream.copy(plain, buffer);
  CHECK(plain[1] == 2);
  std::vector<int> host(2);
  stream.copy(std::span(host), buffer.part(8, 8));
  CHECK(host == std::vector<int>{3, 4});
  stream.copy(buffer.part(4, 4), std::array{9});
  stream.copy(array, buffer);
  CHECK(array == std::array<int, 4>{1, 9, 3, 4});
}

TEST_CASE("copy: what is too large for the buffer is told with both sizes") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::buffer buffer = device.allocate(12);
  std::vector<int> host = numbers(4);
  const auto check = [](const hal::error &error, const char *what) {
    CHECK(to_string(error.status()) == "out_of_range");
    CHECK(error.device() == "heap_a:0");
    CHECK_NAMES(error.what(), std::string(what) + " of 16 bytes");
    CHECK_NAMES(error.what(), "12 bytes");
  };
  check(thrown([&] { stream.copy(buffer, host); }), "copy to the device");
  check(thrown([&] { stream.copy(host, buffer); }), "copy to the host");
  check(thrown([&] { stream.copy(buffer, device.allocate(16)); }), "copy");
  // The plugin's own check, behind a view that claims more than there is.
  const hal::buffer_view claim(*device.state(), buffer.handle(), 0, 16);
  CHECK(to_string(thrown([&] { stream.copy(claim, host); }).status()) == "out_of_range");
}

TEST_CASE("copy: parts are checked without overflow") {
  const hal::device device = open_fixture("heap_a:0");
  const hal::buffer buffer = device.allocate(16);
  CHECK(buffer.part(0, 16).size() == 16);
  CHECK(buffer.part(16, 0).size() == 0);
  CHECK(buffer.part(4, 8).part(2, 4).offset() == 6);
  for (const auto &[offset, size] : {std::pair<std::uint64_t, std::uint64_t>{0, 17},
                                     {17, 0},
                                     {1, UINT64_MAX},
                                     {UINT64_MAX, 1},
                                     {UINT64_MAX, UINT64_MAX}}) {
    const hal::error error = thrown([&, o = offset, s = size] { buffer.part(o, s); });
    CHECK(to_string(error.status()) == "out_of_range");
    CHECK_NAMES(error.what(), std::to_string(size) + " bytes at offset " + std::to_string(offset));
  }
  CHECK(to_string(thrown([&] { buffer.part(4, 8).part(2, 7); }).status()) == "out_of_range");
}

TEST_CASE("copy: within a device") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::buffer from = device.allocate(16);
  const hal::buffer to = device.allocate(16);
  stream.copy(from, numbers(4));
  stream.copy(to.part(4, 12), from.part(0, 8));
  std::vector<int> host(4);
  stream.copy(host, to);
  CHECK(host == std::vector<int>{0, 1, 2, 0});
}

TEST_CASE("fill: values of one, two and four bytes") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::buffer buffer = device.allocate(4);
  std::array<unsigned char, 4> host{};
  stream.fill(buffer, std::uint8_t{0xab});
  stream.copy(host, buffer);
  CHECK(host == std::array<unsigned char, 4>{0xab, 0xab, 0xab, 0xab});
  stream.fill(buffer.part(2, 2), std::uint16_t{0x0102});
  std::array<std::uint16_t, 2> halves{};
  stream.copy(halves, buffer);
  CHECK(halves == std::array<std::uint16_t, 2>{0xabab, 0x0102});
  stream.fill(buffer, -1.5f);
  std::array<float, 1> real{};
  stream.copy(real, buffer);
  CHECK(real[0] == -1.5f);
}

TEST_CASE("memory: host memory is reached without a copy, device memory is not") {
  const hal::device device = open_fixture("heap_a:0");
  const hal::buffer pinned = device.allocate(16, {.kind = hal::memory_kind::host});
  CHECK((pinned.kind() == hal::memory_kind::host));
  CHECK(pinned.host_bytes().size() == 16);
  CHECK(pinned.host_span<double>().size() == 2);
  CHECK(pinned.address() != 0);
  CHECK(device.allocate(16).host_bytes().empty());
}

TEST_CASE("memory: an allocation that fails is told with the plugin's words and the device") {
  const hal::device device = open_fixture("heap_a:1");
  const hal::error error = thrown([&] { device.allocate(0); });
  CHECK(to_string(error.status()) == "invalid_argument");
  CHECK(error.device() == "heap_a:1");
  CHECK(std::string(error.what()) == "The size is 0.");
}

TEST_CASE("memory: how much there is") {
  const hal::memory_usage usage = open_fixture("heap_a:0").memory();
  CHECK(usage.total == std::uint64_t{1} << 40);
  CHECK(usage.free == usage.total);
}

TEST_CASE("unsupported: what the plugin lacks is named") {
  const hal::device device = open_fixture("heap_a:0");
  hal::stream stream = device.create_stream();
  const hal::buffer buffer = device.allocate(16);
  const auto check = [](const hal::error &error, const char *entry) {
    CHECK(to_string(error.status()) == "unsupported");
    CHECK_NAMES(error.what(), entry);
  };
  check(thrown([&] { buffer.slice(0, 1); }), "memory_slice");
  check(thrown([&] { buffer.export_handle(HAL_EXTERNAL_FD); }), "memory_export");
  check(thrown([&] { device.adopt(hal::memory_kind::device, 1, 1); }), "memory_adopt");
  check(thrown([&] { device.pointer_info(1); }), "pointer_info");
  check(thrown([&] { device.adopt_stream(nullptr); }), "stream_adopt");
  check(thrown([&] { (void)device.native(); }), "native_handle");
  check(thrown([&] { device.metrics(); }), "metrics");
  check(thrown([&] { stream.call([](void *) {}, nullptr); }), "stream_host_function");
  check(thrown([&] { stream.copy_2d({}, {}, {1, 1}); }), "copy_2d");
  check(thrown([&] { device.enable_peer(device); }), "peer_enable");
  CHECK_FALSE(device.can_access(device));
  CHECK(device.properties().empty());
}

TEST_CASE("event: timeouts become nanoseconds") {
  using namespace std::chrono_literals;
  using hal::detail::timeout_of;
  CHECK(timeout_of(0s) == 0);
  CHECK(timeout_of(-5s) == 0);
  CHECK(timeout_of(1ns) == 1);
  CHECK(timeout_of(1500us) == 1'500'000);
  CHECK(timeout_of(0.5s) == 500'000'000);
  CHECK(timeout_of(std::chrono::hours(24 * 365 * 1000)) == HAL_NO_TIMEOUT);
  CHECK(timeout_of(std::chrono::nanoseconds::max()) == HAL_NO_TIMEOUT);
  CHECK(timeout_of(std::chrono::duration<double>(1e300)) == HAL_NO_TIMEOUT);
}

TEST_CASE("event: elapsed time may be negative") {
  const hal::device device = open_fixture("heap_a:0");
  const hal::event start = device.create_event({.timing = true});
  const hal::event end = device.create_event({.timing = true});
  CHECK(elapsed(start, end) == std::chrono::nanoseconds(-5));
}

TEST_CASE("event: of two plugins have no time between them") {
  const hal::event start = open_fixture("heap_a:0").create_event({.timing = true});
  const hal::event end = open_fixture("heap_b:0").create_event({.timing = true});
  const hal::error error = thrown([&] { (void)elapsed(start, end); });
  CHECK(to_string(error.status()) == "invalid_handle");
  CHECK_NAMES(error.what(), "heap_a:0");
  CHECK_NAMES(error.what(), "heap_b:0");
}

}  // namespace
