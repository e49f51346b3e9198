// PCI addresses as vendors' software writes them.
#pragma once

#include <cstdint>
#include <cstdio>

#include "hal/abi/description.h"

namespace hal::plugin {

// "0000:17:00.0", with a domain of up to 32 bits, into the identity and its bit; false, and nothing is
// changed, for what is no address.
inline bool read_pci_address(const char *text, hal_device_identity &out) noexcept {
  unsigned domain = 0;
  unsigned bus = 0;
  unsigned device = 0;
  unsigned function = 0;
  if (std::sscanf(text, "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4) return false;
  if (bus > 0xff || device > 0x1f || function > 7) return false;
  out.valid |= HAL_IDENTITY_PCI;
  out.pci_domain = domain;
  out.pci_bus = static_cast<std::uint8_t>(bus);
  out.pci_device = static_cast<std::uint8_t>(device);
  out.pci_function = static_cast<std::uint8_t>(function);
  return true;
}

}  // namespace hal::plugin
