#include "hal/uuid.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using hal::parse_uuid;
using hal::uuid;

constexpr uuid sample{
    {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};
const std::string text = "00010203-0405-0607-8899-aabbccddeeff";

TEST_CASE("uuid: written most significant byte first, and read again") {
  CHECK(to_string(sample) == text);
  CHECK(parse_uuid(text) == sample);
  CHECK(parse_uuid("00010203-0405-0607-8899-AABBCCDDEEFF") == sample);
  CHECK(to_string(uuid{}) == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("uuid: vendors' prefixes are read") {
  CHECK(parse_uuid("GPU-" + text) == sample);
  CHECK(parse_uuid("MIG-" + text) == sample);
}

TEST_CASE("uuid: nothing else is read") {
  const std::string wrongs[] = {
      "",
      "-",
      "-" + text,
      "1-" + text,
      "GPU" + text,
      "GPU--" + text,
      "GPU-1-" + text,
      " " + text,
      text + " ",
      text + "0",
      text.substr(1),
      "GPU-" + text.substr(1),
      std::string(36, '-'),
      "0001020304-05-0607-8899-aabbccddeeff",
      "0001020-30405-0607-8899-aabbccddeeff",
      "g0010203-0405-0607-8899-aabbccddeeff",
      text.substr(0, 34) + "\xff\xff",
  };
  for (const std::string &wrong : wrongs) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_uuid(wrong));
  }
}

}  // namespace
