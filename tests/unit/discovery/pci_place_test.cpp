#include "discovery/pci_place.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace hal::discovery;

pci_function at(std::uint32_t domain, std::uint8_t bus, std::uint8_t device = 0) {
  pci_function function;
  function.address = {domain, bus, device, 0};
  return function;
}

}  // namespace

TEST_CASE("pci place: paths that tell no place leave it open") {
  for (const char *path : {"", "/", "0000:01:00.0", "../../../devices/pci0000:00/0000:02:00.0",
                           "../../../devices/0000:01:00.0/driver", "pci0000:00", "pci:/pcix/pci0000:zz"}) {
    CAPTURE(path);
    pci_function function = at(0, 1);
    place_by_path(path, function);
    CHECK_FALSE(function.root);
    CHECK_FALSE(function.parent);
  }
}

TEST_CASE("pci place: functions on the way, with where their paths end") {
  pci_function function = at(0, 2);
  const std::string path = "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:00.0";
  const auto through = place_by_path(path, function);
  REQUIRE(through.size() == 2);
  CHECK(path.substr(0, through[0].end) == "../../../devices/pci0000:00/0000:00:01.0");
  CHECK(function.parent == hal::pci_address{0, 1, 0, 0});
}

TEST_CASE("pci place: bridges whose ranges cross, repeat or lead upward") {
  std::vector<pci_function> functions = {at(0, 0, 1), at(0, 0, 2), at(0, 5), at(0, 9), at(1, 5)};
  const std::vector<bus_range> buses = {{4, 8}, {5, 5}, {0, 255}, {3, 9}, {}};
  place_by_buses(functions, buses);
  CHECK(functions[2].parent == functions[1].address);  // the narrower one
  CHECK(functions[2].root == pci_bus{0, 0});
  CHECK_FALSE(functions[3].parent);
  CHECK(functions[3].root == pci_bus{0, 9});
  CHECK(functions[4].root == pci_bus{1, 5});  // another domain
}
