#include "discovery/link_check.hpp"

#include <doctest/doctest.h>

namespace {

using namespace hal::discovery;

pci_function function(pci_link now, pci_link most) {
  pci_function out;
  out.address = {0, 0x17, 0, 0};
  out.link = now;
  out.link_max = most;
  return out;
}

pci_function bridge(pci_link most) {
  pci_function out;
  out.address = {0, 0x16, 1, 0};
  out.link_max = most;
  return out;
}

}  // namespace

TEST_CASE("link check: narrower or slower than both ends can do") {
  CHECK(
      slow_link(function({32000, 8}, {32000, 16}), bridge({32000, 16})) ==
      "The link of 0000:17:00.0 runs at 32 GT/s x8 although it and the bridge above it, 0000:16:01.0, can do "
      "32 GT/s x16.");
  CHECK(
      slow_link(function({2500, 16}, {16000, 16}), bridge({8000, 16})) ==
      "The link of 0000:17:00.0 runs at 2.5 GT/s x16 although it and the bridge above it, 0000:16:01.0, can "
      "do 8 GT/s x16; many devices slow an idle link down to save power.");
}

TEST_CASE("link check: what one end cannot do, or what is not known, is no cause") {
  CHECK_FALSE(slow_link(function({8000, 8}, {16000, 16}), bridge({8000, 8})));
  CHECK_FALSE(slow_link(function({16000, 16}, {16000, 16}), bridge({32000, 16})));
  CHECK_FALSE(slow_link(function({}, {16000, 16}), bridge({16000, 16})));
  CHECK_FALSE(slow_link(function({2500, 1}, {}), bridge({16000, 16})));
  CHECK_FALSE(slow_link(function({2500, 1}, {16000, 16}), bridge({})));
}
