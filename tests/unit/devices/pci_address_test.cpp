#include "hal/pci_address.hpp"

#include <doctest/doctest.h>

namespace {

using hal::parse_pci_address;
using hal::pci_address;

TEST_CASE("pci_address: both forms are read, in either case") {
  CHECK(parse_pci_address("0000:17:00.0") == pci_address{0, 0x17, 0, 0});
  CHECK(parse_pci_address("17:00.0") == pci_address{0, 0x17, 0, 0});
  CHECK(parse_pci_address("00AB:fF:1F.7") == pci_address{0xab, 0xff, 0x1f, 7});
}

TEST_CASE("pci_address: domains have 32 bits") {
  CHECK(parse_pci_address("10000:e1:00.0") == pci_address{0x10000, 0xe1, 0, 0});
  CHECK(parse_pci_address("ffffffff:00:00.0") == pci_address{0xffffffff, 0, 0, 0});
  CHECK(to_string(pci_address{0x10000, 0xe1, 0, 0}) == "10000:e1:00.0");
  CHECK_FALSE(parse_pci_address("100000000:00:00.0"));
}

TEST_CASE("pci_address: what is written is read again") {
  for (const pci_address address :
       {pci_address{}, pci_address{0xffff, 0xff, 0x1f, 7}, pci_address{0x12345678, 1, 2, 3}}) {
    CHECK(parse_pci_address(to_string(address)) == address);
  }
  CHECK(to_string(pci_address{0, 0x0a, 0x1b, 5}) == "0000:0a:1b.5");
}

TEST_CASE("pci_address: nothing else is read") {
  for (const char *text : {"",
                           ".",
                           ":",
                           "::.",
                           "17:00",
                           "17.0",
                           "17:00.",
                           "17:00.8",
                           "17:00.00",
                           "17:20.0",
                           "17:0.0",
                           "7:00.0",
                           "117:00.0",
                           ":17:00.0",
                           "000:17:00.0",
                           " 17:00.0",
                           "17:00.0 ",
                           "+7:00.0",
                           "-7:00.0",
                           "0x:00.0",
                           "17:-1.0",
                           "0000:17:00:0",
                           "0000.17:00.0",
                           "0:0000:17:00.0",
                           "gg:00.0",
                           "17:00.0\n",
                           "0x00:17:00.0",
                           "17:00.-"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_pci_address(text));
  }
  CHECK_FALSE(parse_pci_address(std::string_view("17:00.0\0", 8)));
}

TEST_CASE("pci_address: order is by domain, bus, device, function") {
  CHECK(pci_address{0, 0xff, 0x1f, 7} < pci_address{1, 0, 0, 0});
  CHECK(pci_address{0, 1, 0, 7} < pci_address{0, 1, 1, 0});
}

}  // namespace
