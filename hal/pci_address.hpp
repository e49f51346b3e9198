// A PCI function's address. A value type that every layer may use.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hal {

// Domains are 32 bits: Intel VMD and some arm64 and POWER hosts number them from 0x10000 up.
struct pci_address {
  std::uint32_t domain = 0;
  std::uint8_t bus = 0;
  std::uint8_t device = 0;    // 0 to 31
  std::uint8_t function = 0;  // 0 to 7

  friend constexpr auto operator<=>(const pci_address &, const pci_address &) = default;
};

// "0000:17:00.0"; a domain above ffff takes the digits it needs, as in sysfs.
std::string to_string(const pci_address &address);

// Reads "dddd:bb:dd.f" (4 to 8 domain digits) and "bb:dd.f" (domain 0). Nothing else: no white space, no
// signs, no device above 1f, no function above 7. Never throws.
std::optional<pci_address> parse_pci_address(std::string_view text) noexcept;

}  // namespace hal
