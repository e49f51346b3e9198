// Large copies around a ring of devices: each is once the source and once the target, at odd places.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "tests/sim/together/machine.hpp"

using namespace together;

namespace {

// The bytes that go around are one tile again and again. Its length is a prime: wherever a chunk of a power
// of two ends up but in its own place, it differs.
constexpr std::size_t tile_size = 1'048'573;

class tiles {
 public:
  tiles() : tile_(pattern(tile_size, 9)), found_(tile_size) {}

  void write(hal::stream &on, const hal::buffer_view &memory) const {
    for (std::uint64_t at = 0; at < memory.size(); at += tile_size)
      on.copy_to_device(memory.part(at, length(memory, at)), tile_.data(), length(memory, at));
    on.synchronize();
  }
  // Where the first tile begins that is not as it was written.
  std::optional<std::uint64_t> first_wrong(hal::stream &on, const hal::buffer_view &memory) {
    for (std::uint64_t at = 0; at < memory.size(); at += tile_size) {
      const std::size_t here = length(memory, at);
      on.copy_to_host(found_.data(), memory.part(at, here), here);
      on.synchronize();
      if (std::memcmp(found_.data(), tile_.data(), here) != 0) return at;
    }
    return std::nullopt;
  }

 private:
  static std::size_t length(const hal::buffer_view &memory, std::uint64_t at) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(tile_size, memory.size() - at));
  }
  std::vector<std::byte> tile_, found_;
};

void go_around(const std::vector<hal::device> &devices, std::uint64_t size) {
  tiles bytes;
  std::uint64_t place = 1;
  hal::buffer here = devices.front().allocate(size + place);
  {
    hal::stream first = devices.front().create_stream();
    bytes.write(first, here.part(place, size));
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const hal::device &from = devices[i];
    const hal::device &to = devices[(i + 1) % devices.size()];
    CAPTURE(from.info().selector());
    CAPTURE(to.info().selector());
    const std::uint64_t next_place = (place + 7) % 64;
    hal::buffer there = to.allocate(size + next_place);
    hal::stream by = i % 2 == 0 ? from.create_stream() : to.create_stream();
    by.copy(there.part(next_place, size), here.part(place, size));
    by.synchronize();
    hal::stream reading = to.create_stream();
    REQUIRE(!bytes.first_wrong(reading, there.part(next_place, size)));
    here = std::move(there);
    place = next_place;
  }
}

}  // namespace

TEST_CASE("together: 64 MiB go once around all devices and come back the same") {
  go_around(open_all(), (64 << 20) + 13);
}

// One device of each: fresh memory costs more than the copy.
TEST_CASE("together: the largest copy goes once around all vendors and comes back the same") {
  go_around(one_of_each(), HAL_TEST_LARGEST);
}
