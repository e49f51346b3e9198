// Copies between any two devices, of one vendor or of two.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

// What copies between two vendors' devices go through the host in.
constexpr std::uint64_t chunk = 4 << 20;

// What is copied: the same bytes for each route, because making them takes longer than copying them.
const std::vector<std::byte> &bytes() {
  static const std::vector<std::byte> made = pattern(3 * chunk + 256, 7);
  return made;
}

// Memory of one device that is copied into memory of another, both with room around what is copied.
class route {
 public:
  route(const hal::device &from, const hal::device &to, std::uint64_t room)
      : reading_(from.create_stream()),
        writing_(to.create_stream()),
        source_(from.allocate(room)),
        destination_(to.allocate(room)),
        found_(static_cast<std::size_t>(room)) {
    reading_.copy_to_device(source_, bytes().data(), room);
    reading_.synchronize();
  }

  // True when the copy writes what it should, and nothing beside it.
  bool copies(std::uint64_t to, std::uint64_t from, std::uint64_t size, bool by_source) {
    const std::uint64_t end = to + size;
    const std::uint64_t touched = std::min((end + 67) / 4 * 4, destination_.size());
    writing_.fill(destination_.part(0, touched), std::uint32_t{0xeeeeeeee});
    writing_.synchronize();
    hal::stream &by = by_source ? reading_ : writing_;
    by.copy(destination_.part(to, size), source_.part(from, size));
    by.synchronize();
    writing_.copy_to_host(found_.data(), destination_, touched);
    writing_.synchronize();
    return std::memcmp(found_.data() + to, bytes().data() + from, size) == 0 && is_filled(0, to) &&
           is_filled(end, touched);
  }

 private:
  bool is_filled(std::uint64_t begin, std::uint64_t end) const {
    return std::all_of(found_.data() + begin, found_.data() + end,
                       [](std::byte one) { return one == std::byte{0xee}; });
  }

  hal::stream reading_, writing_;
  hal::buffer source_, destination_;
  std::vector<std::byte> found_;
};

template <typename Body>
void for_each_pair(const std::vector<hal::device> &devices, Body &&body) {
  for (const hal::device &from : devices) {
    for (const hal::device &to : devices) {
      if (from == to) continue;
      CAPTURE(from.info().selector());
      CAPTURE(to.info().selector());
      body(from, to);
    }
  }
}

}  // namespace

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
  constexpr std::array<std::uint64_t, 7> sizes = {1, 2, 3, 7, 64, 4097, 65'521};
  constexpr std::array<std::uint64_t, 4> places = {0, 1, 7, 63};
  for_each_pair(devices, [&](const hal::device &from, const hal::device &to) {
    route between(from, to, 1 << 17);
    std::size_t turn = 0;
    for (const std::uint64_t size : sizes) {
      for (const std::uint64_t place : places) {
        // Each place of the one with another place of the other, by the streams in turn.
        const std::uint64_t other = places[++turn % places.size()];
        CAPTURE(size);
        CAPTURE(place);
        CAPTURE(other);
        CHECK(between.copies(place, other, size, turn % 2 == 0));
        CHECK(between.copies(place, place, size, turn % 2 != 0));
      }
    }
  });
}

TEST_CASE("together: copies between any two vendors are right around the size of a chunk") {
  for_each_pair(one_of_each(), [](const hal::device &from, const hal::device &to) {
    route between(from, to, 3 * chunk + 256);
    for (const std::uint64_t size : {chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1,
                                     3 * chunk - 1, 3 * chunk + 77}) {
      CAPTURE(size);
      CHECK(between.copies(3, 1, size, size % 2 == 0));
    }
    CHECK(between.copies(0, 63, chunk + 1, true));
    CHECK(between.copies(63, 0, 2 * chunk, false));
  });
}

// The copy waits for what was submitted to its stream before, and what comes after it waits for the copy.
TEST_CASE("together: a copy has its place in its stream's order") {
  const std::vector<hal::device> devices = open_all();
  for (std::size_t i = 0; i + 1 < devices.size(); ++i) {
    CAPTURE(devices[i].info().selector());
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
