// Copies between any two devices, of one vendor or of two.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/sim/together/machine.hpp"

using namespace together;

TEST_CASE("together: every plugin's devices are listed, none hides another") {
  const auto seen = all_plugins().look();
  for (const std::string &name : plugin_names()) {
    CAPTURE(name);
    const bool listed =
        std::any_of(seen->devices.begin(), seen->devices.end(), [&](const hal::device_entry &entry) {
          return entry.usable() && entry.ways_in.front().plugin == name;
        });
    CHECK(listed);
  }
}

TEST_CASE("together: copies between any two devices are right, from 1 byte up, at odd places") {
  const std::vector<hal::device> devices = open_all();
  REQUIRE(devices.size() >= plugin_names().size());
  constexpr std::uint64_t chunk = 4 << 20;
  const std::vector<std::byte> large = pattern(2 * chunk + 77, 7);
  for (const hal::device &from : devices) {
    for (const hal::device &to : devices) {
      if (from == to) continue;
      CAPTURE(from.info().selector());
      CAPTURE(to.info().selector());
      hal::stream reading = from.create_stream();
      hal::stream writing = to.create_stream();
      for (const std::uint64_t size :
           {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{4097}, chunk, 2 * chunk + 77}) {
        for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{63}}) {
          if (offset != 1 && size > 4097) continue;
          CAPTURE(size);
          CAPTURE(offset);
          const hal::buffer source = from.allocate(size + offset);
          const hal::buffer destination = to.allocate(size + 2 * offset + 8);
          const std::vector<std::byte> bytes(large.begin(),
                                             large.begin() + static_cast<std::ptrdiff_t>(size));
          upload(reading, source.part(offset, size), bytes);
          writing.fill(destination, std::uint8_t{0xee});
          writing.synchronize();
          hal::stream &by = size % 2 == 0 ? reading : writing;
          by.copy(destination.part(offset + 3, size), source.part(offset, size));
          by.synchronize();
          const std::vector<std::byte> found = download(writing, destination);
          CHECK(std::equal(bytes.begin(), bytes.end(),
                           found.begin() + static_cast<std::ptrdiff_t>(offset) + 3));
          CHECK(found[static_cast<std::size_t>(offset) + 2] == std::byte{0xee});
          CHECK(found[static_cast<std::size_t>(offset + 3 + size)] == std::byte{0xee});
        }
      }
    }
  }
}

// Larger than any chunk, a ring over all devices: what comes back is what went out.
TEST_CASE("together: 16 MiB go once around all devices and come back the same") {
  const std::vector<hal::device> devices = open_all();
  constexpr std::uint64_t size = (16 << 20) + 13;
  const std::vector<std::byte> bytes = pattern(size, 9);
  hal::stream first = devices.front().create_stream();
  hal::buffer here = devices.front().allocate(size);
  upload(first, here, bytes);
  for (std::size_t i = 1; i <= devices.size(); ++i) {
    const hal::device &to = devices[i % devices.size()];
    hal::stream on = to.create_stream();
    hal::buffer there = to.allocate(size);
    on.copy(there, here);
    on.synchronize();
    here = std::move(there);
  }
  CHECK((download(first, here) == bytes));
}

// The copy waits for what was submitted to its stream before, and what comes after it waits for the copy.
TEST_CASE("together: a copy has its place in its stream's order") {
  const std::vector<hal::device> devices = open_all();
  for (std::size_t i = 0; i + 1 < devices.size(); ++i) {
    hal::stream on = devices[i].create_stream();
    const hal::buffer source = devices[i].allocate(1 << 20);
    const hal::buffer destination = devices[i + 1].allocate(1 << 20);
    for (std::uint8_t value = 1; value < 20; ++value) on.fill(source, value);
    on.copy(destination, source);
    on.fill(source, std::uint8_t{99});
    // Between two devices of one plugin the copy is a submission like any other.
    on.synchronize();
    hal::stream there = devices[i + 1].create_stream();
    CHECK((download(there, destination) == std::vector<std::byte>(1 << 20, std::byte{19})));
  }
}
