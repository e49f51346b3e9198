// Large copies between any two devices, and within each. The same bytes go from one copy to the next, so that
// one comparison at the end holds all of them, and no device needs more than one block for long.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

// What copies between two vendors' devices go through the host in.
constexpr std::uint64_t chunk = 4 << 20;

// Ten blocks live at once, beside what is expected and what the stand-ins need; a machine that has not as
// much to give copies less.
std::uint64_t affordable() {
  std::ifstream file("/proc/meminfo");
  std::uint64_t kibibytes = 0;
  for (std::string word; file >> word;) {
    if (word == "MemAvailable:") file >> kibibytes;
  }
  constexpr std::uint64_t least = 64 << 20;
  return kibibytes == 0 ? HAL_TEST_LARGEST : std::max(least, kibibytes * 1024 / 14);
}

// The last chunk is a part of one.
const std::uint64_t size = std::min<std::uint64_t>(HAL_TEST_LARGEST, affordable()) + 13;

// An Eulerian circuit: each of `count` devices follows each other one and itself once; the first follows the
// last.
std::vector<std::size_t> circuit(std::size_t count) {
  std::vector<std::size_t> stops;
  for (std::size_t one = 0; one < count; ++one) {
    stops.push_back(one);
    for (std::size_t other = one + 1; other < count; ++other) stops.insert(stops.end(), {one, other});
  }
  return stops;
}

// Where in their block the bytes lie at a stop. No two places are the same, so what a copy leaves out differs
// from what an earlier one left there; the distances from stop to stop are 1, 2, 3, ...
constexpr std::uint64_t place(std::uint64_t stop) {
  return stop * (stop + 1) / 2 + 1;
}

// The bytes as they ought to be.
class cargo {
 public:
  // One tile again and again. Its length is a prime: wherever a chunk of a power of two ends up but in its
  // own place, it differs.
  cargo() : expected_(size), found_(chunk) {
    const std::vector<std::byte> tile = pattern(1'048'573, 9);
    for (std::uint64_t at = 0; at < size; at += tile.size())
      std::memcpy(expected_.data() + at, tile.data(), std::min<std::uint64_t>(tile.size(), size - at));
    marks_ = {0, size - mark_size};
    for (std::uint64_t edge = chunk; edge < size; edge += chunk)
      marks_.insert(marks_.end(), {edge - chunk / 3, std::min(edge - 7, size - mark_size)});
  }

  void write(hal::stream &on, const hal::buffer_view &memory) const {
    on.copy_to_device(memory, expected_.data(), size);
    on.synchronize();
  }

  // Changes a few bytes at the beginning, at the end, within each chunk and across the edges between chunks.
  void mark(hal::stream &on, const hal::buffer_view &memory, std::size_t number) {
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      const auto seed = static_cast<unsigned>(number * marks_.size() + i);
      std::memcpy(expected_.data() + marks_[i], pattern(mark_size, seed).data(), mark_size);
    }
    for (const std::uint64_t at : marks_)
      on.copy_to_device(memory.part(at, mark_size), expected_.data() + at, mark_size);
    on.synchronize();
  }

  // What is wrong with the marks, in words; empty when nothing is.
  std::string wrong_marks(hal::stream &on, const hal::buffer_view &memory) {
    std::byte *to = found_.data();
    for (const std::uint64_t at : marks_)
      on.copy_to_host(std::exchange(to, to + mark_size), memory.part(at, mark_size), mark_size);
    on.synchronize();
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      if (std::string wrong = difference(marks_[i], i * mark_size, mark_size); !wrong.empty()) return wrong;
    }
    return {};
  }

  // The same for all bytes.
  std::string wrong_bytes(hal::stream &on, const hal::buffer_view &memory) {
    for (std::uint64_t at = 0; at < size; at += chunk) {
      const std::uint64_t here = std::min(chunk, size - at);
      on.copy_to_host(found_.data(), memory.part(at, here), here);
      on.synchronize();
      if (std::string wrong = difference(at, 0, here); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  static constexpr std::uint64_t mark_size = 17;

  std::string difference(std::uint64_t at, std::uint64_t in_found, std::uint64_t length) const {
    const std::byte *const expected = expected_.data() + at;
    const std::byte *const found = found_.data() + in_found;
    if (std::memcmp(found, expected, length) == 0) return {};
    const auto first = static_cast<std::size_t>(std::mismatch(found, found + length, expected).first - found);
    char text[100];
    std::snprintf(text, sizeof text, "byte %llu of %llu is 0x%02x, and ought to be 0x%02x",
                  static_cast<unsigned long long>(at + first), static_cast<unsigned long long>(size),
                  std::to_integer<unsigned>(found[first]), std::to_integer<unsigned>(expected[first]));
    return text;
  }

  std::vector<std::byte> expected_, found_;
  std::vector<std::uint64_t> marks_;
};

// Every copy's marks are looked at, and all bytes at the end, or after every copy. Returns what is wrong at
// the end.
std::string go_around(const std::vector<hal::device> &devices, bool compare_each) {
  const std::vector<std::size_t> stops = circuit(devices.size());
  const std::uint64_t room = place(stops.size()) + size;
  std::vector<hal::stream> streams;
  std::vector<hal::buffer> blocks;
  for (const hal::device &device : devices) {
    streams.push_back(device.create_stream());
    blocks.push_back(device.allocate(room));
  }
  cargo bytes;
  bytes.write(streams[stops.front()], blocks[stops.front()].part(place(0), size));
  for (std::size_t hop = 0; hop < stops.size(); ++hop) {
    const std::size_t from = stops[hop];
    const std::size_t to = stops[(hop + 1) % stops.size()];
    // Within a device, to a new block that takes the old one's place.
    hal::buffer left = from == to ? std::exchange(blocks[to], devices[to].allocate(room)) : hal::buffer();
    const hal::buffer_view source = (from == to ? left : blocks[from]).part(place(hop), size);
    const hal::buffer_view destination = blocks[to].part(place(hop + 1), size);
    const std::size_t by = hop % 2 == 0 ? from : to;
    INFO("from ", devices[from].info().selector(), " at ", source.offset(), " to ",
         devices[to].info().selector(), " at ", destination.offset(), ", by a stream of ",
         devices[by].info().selector());
    bytes.mark(streams[from], source, hop);
    streams[by].copy(destination, source);
    streams[by].synchronize();
    const std::string wrong = compare_each ? bytes.wrong_bytes(streams[to], destination)
                                           : bytes.wrong_marks(streams[to], destination);
    REQUIRE_MESSAGE(wrong.empty(), wrong);
  }
  return bytes.wrong_bytes(streams[stops.front()], blocks[stops.front()].part(place(stops.size()), size));
}

}  // namespace

TEST_CASE("together: the circuit has every ordered pair of devices once, and each device with itself") {
  for (std::size_t count = 1; count < 20; ++count) {
    CAPTURE(count);
    const std::vector<std::size_t> stops = circuit(count);
    CHECK(stops.size() == count * count);
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < stops.size(); ++i) pairs.emplace(stops[i], stops[(i + 1) % stops.size()]);
    CHECK(pairs.size() == count * count);
    CHECK(*std::max_element(stops.begin(), stops.end()) == count - 1);
  }
}

TEST_CASE("together: the largest copy is right between any two devices, and within each") {
  const std::vector<hal::device> devices = open_all();
  REQUIRE(devices.size() >= plugin_names().size());
  if (size < HAL_TEST_LARGEST) MESSAGE("This machine has memory for copies of ", size, " bytes only.");
  const std::string wrong = go_around(devices, false);
  INFO("at the end: ", wrong);
  // Which copy it was is worth the time only when there is one.
  if (!wrong.empty()) go_around(devices, true);
  CHECK_MESSAGE(wrong.empty(), wrong);
}
