// hal/plugin/pci_address.hpp: addresses as vendors' software writes them.
#include "hal/plugin/pci_address.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace {

hal_device_identity read(const char *text, bool expected = true) {
  hal_device_identity identity{};
  identity.valid = HAL_IDENTITY_UUID;
  CHECK(hal::plugin::read_pci_address(text, identity) == expected);
  return identity;
}

}  // namespace

TEST_SUITE_BEGIN("hal/plugin/pci_address");

TEST_CASE("PCI address: short and long domains, either letter case") {
  for (const char *text : {"0001:aF:1f.7", "00000001:AF:1f.7", "1:af:1F.7"}) {
    CAPTURE(text);
    const hal_device_identity told = read(text);
    CHECK(told.valid == (HAL_IDENTITY_UUID | HAL_IDENTITY_PCI));
    CHECK(told.pci_domain == 1);
    CHECK(told.pci_bus == 0xaf);
    CHECK(told.pci_device == 0x1f);
    CHECK(told.pci_function == 7);
  }
  CHECK(read("ffffffff:00:00.0").pci_domain == 0xffffffff);
}

TEST_CASE("PCI address: what is none changes nothing [negative]") {
  for (const char *text :
       {"", "17:00.0", "0000:100:00.0", "0000:00:20.0", "0000:00:00.8", "0000:00:00", "GPU-1"}) {
    CAPTURE(text);
    const hal_device_identity told = read(text, false);
    CHECK(told.valid == HAL_IDENTITY_UUID);
    CHECK(told.pci_bus == 0);
    CHECK(told.pci_domain == 0);
  }
}

TEST_SUITE_END();
