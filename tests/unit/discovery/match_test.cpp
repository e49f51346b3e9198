#include "discovery/match.hpp"

#include <doctest/doctest.h>

namespace {

using namespace hal::discovery;

pci_function gpu() {
  pci_function function;
  function.vendor = 0x10de;
  function.device = 0x2335;
  function.class_code = 0x030200;
  return function;
}

manifest plugin(std::vector<pci_match> matches) {
  manifest out;
  out.matches = std::move(matches);
  return out;
}

pci_match entry(std::uint16_t vendor, std::optional<std::uint16_t> device = {},
                std::optional<std::uint32_t> code = {}, std::uint32_t mask = 0xffff00) {
  return {vendor, device, code, mask};
}

}  // namespace

TEST_CASE("match: vendor, class and device, each a closer rank") {
  CHECK(match(plugin({}), gpu()) == match_rank::none);
  CHECK(match(plugin({entry(0x1002)}), gpu()) == match_rank::none);
  CHECK(match(plugin({entry(0x10de)}), gpu()) == match_rank::vendor);
  CHECK(match(plugin({entry(0x10de, {}, 0x030200)}), gpu()) == match_rank::vendor_and_class);
  CHECK(match(plugin({entry(0x10de, 0x2335)}), gpu()) == match_rank::exact);
  CHECK(match(plugin({entry(0x10de, 0x2335, 0x030200)}), gpu()) == match_rank::exact);
  CHECK(match(plugin({entry(0x10de, 0x2336)}), gpu()) == match_rank::none);
  CHECK(match(plugin({entry(0x10de, 0x2335, 0x040300)}), gpu()) == match_rank::none);
  CHECK(match(plugin({entry(0x10de), entry(0x10de, 0x2335), entry(0x1002)}), gpu()) == match_rank::exact);
}

TEST_CASE("match: the class mask says which bits count") {
  CHECK(match(plugin({entry(0x10de, {}, 0x030000, 0xff0000)}), gpu()) == match_rank::vendor_and_class);
  CHECK(match(plugin({entry(0x10de, {}, 0x030000)}), gpu()) == match_rank::none);
  CHECK(match(plugin({entry(0x10de, {}, 0x0302ff)}), gpu()) == match_rank::vendor_and_class);
  CHECK(match(plugin({entry(0x10de, {}, 0x0302ff, 0xffffff)}), gpu()) == match_rank::none);
}

TEST_CASE("match: an unread fact agrees with nothing, and `any` claims no function") {
  pci_function unread = gpu();
  unread.vendor.reset();
  CHECK(match(plugin({entry(0x10de)}), unread) == match_rank::none);
  CHECK(match(plugin({entry(0)}), unread) == match_rank::none);
  unread = gpu();
  unread.device.reset();
  CHECK(match(plugin({entry(0x10de, 0x2335)}), unread) == match_rank::none);
  CHECK(match(plugin({entry(0x10de)}), unread) == match_rank::vendor);
  unread = gpu();
  unread.class_code.reset();
  CHECK(match(plugin({entry(0x10de, {}, 0, 0)}), unread) == match_rank::none);
  manifest any;
  any.any = true;
  CHECK(match(any, gpu()) == match_rank::none);
}

TEST_CASE("match: all claims, the closest first, then in the order given") {
  const std::vector<manifest> plugins = {plugin({entry(0x10de)}), plugin({entry(0x1002)}),
                                         plugin({entry(0x10de, 0x2335)}), plugin({entry(0x10de)})};
  const std::vector<claim> expected = {
      {2, match_rank::exact}, {0, match_rank::vendor}, {3, match_rank::vendor}};
  CHECK(claims(plugins, gpu()) == expected);
  CHECK(claims({}, gpu()).empty());
}
