// hal/plugin/image_bytes.hpp and the small things of hal/plugin/native/vendor.hpp.
#include "hal/plugin/image_bytes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>

#include "hal/plugin/native/vendor.hpp"

TEST_SUITE_BEGIN("hal/plugin/image_bytes");

TEST_CASE("image bytes: nothing beyond the end is held, however large the numbers") {
  const std::array<std::byte, 8> image{};
  CHECK(hal::plugin::holds(image, 0, 8));
  CHECK(hal::plugin::holds(image, 8, 0));
  CHECK_FALSE(hal::plugin::holds(image, 9, 0));
  CHECK_FALSE(hal::plugin::holds(image, 1, 8));
  CHECK_FALSE(hal::plugin::holds(image, UINT64_MAX, 2));
  CHECK_FALSE(hal::plugin::holds(image, 2, UINT64_MAX));
}

TEST_CASE("image bytes: records are read from any place, and a cut is told with its numbers") {
  std::array<std::byte, 8> image{};
  image[3] = std::byte{0x34};
  image[4] = std::byte{0x12};
  CHECK(hal::plugin::read<std::uint16_t>(image, 3) == 0x1234);
  CHECK(hal::plugin::cut_short("its table", 4, 40, image) ==
        "it is cut short: its table takes 40 bytes at 4, and the image has 8");
}

TEST_CASE("native: entries are named without the number of their version") {
  using hal::plugin::native::entry_name;
  CHECK(entry_name("cuMemAlloc_v2") == "cuMemAlloc");
  CHECK(entry_name("cuInit") == "cuInit");
  CHECK(entry_name("hipGetDevicePropertiesR0600") == "hipGetDevicePropertiesR0600");
  CHECK(entry_name("_v2") == "_v2");
}

TEST_CASE("native: addresses as numbers and as pointers") {
  using namespace hal::plugin::native;
  CHECK(from_address(to_address<void *>(0x1234)) == 0x1234);
  CHECK(to_address<unsigned long long>(UINT64_MAX) == UINT64_MAX);
  CHECK(hexadecimal(0) == "0x0");
  CHECK(hexadecimal(UINT64_MAX) == "0xffffffffffffffff");
}

TEST_SUITE_END();
