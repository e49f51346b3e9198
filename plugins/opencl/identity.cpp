#include "plugins/opencl/identity.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "plugins/opencl/platforms.hpp"

namespace hal::plugins::opencl {
namespace {

std::optional<driver::pci_bus_info> address_of(driver::device device, std::string_view extensions) {
  const auto number = [device](driver::device_info which) {
    return device_fact<std::uint32_t>(device, which);
  };
  if (has_word(extensions, "cl_khr_pci_bus_info")) {
    driver::pci_bus_info told{};
    if (device_bytes(device, driver::device_pci_bus_info, &told, sizeof told) == sizeof told) return told;
  }
  if (has_word(extensions, "cl_nv_device_attribute_query")) {
    // Device and function in one number, as PCI has them.
    const std::uint32_t slot = number(driver::device_pci_slot_id_nv);
    return driver::pci_bus_info{number(driver::device_pci_domain_id_nv), number(driver::device_pci_bus_id_nv),
                                slot >> 3, slot & 7u};
  }
  if (has_word(extensions, "cl_amd_device_attribute_query")) {
    constexpr std::uint32_t pcie = 1;
    driver::topology_amd told{};
    if (device_bytes(device, driver::device_topology_amd, &told, sizeof told) >= sizeof told - 1 &&
        told.type == pcie) {
      const auto whole = [](signed char byte) { return std::uint32_t{static_cast<unsigned char>(byte)}; };
      return driver::pci_bus_info{0, whole(told.bus), whole(told.device), whole(told.function)};
    }
  }
  return std::nullopt;
}

}  // namespace

void describe_identity(driver::device device, std::string_view extensions, hal_device_description &out) {
  hal_device_identity &identity = out.identity;
  const auto address = address_of(device, extensions);
  // Devices on no bus say 0000:00:00.0, which is the host bridge's.
  const bool is_there =
      address && (address->domain | address->bus | address->device | address->function) != 0;
  if (is_there && address->bus <= 0xff && address->device <= 0x1f && address->function <= 7) {
    identity.valid |= HAL_IDENTITY_PCI;
    identity.pci_domain = address->domain;
    identity.pci_bus = static_cast<std::uint8_t>(address->bus);
    identity.pci_device = static_cast<std::uint8_t>(address->device);
    identity.pci_function = static_cast<std::uint8_t>(address->function);
    out.vendor_id = device_fact<std::uint32_t>(device, driver::device_vendor_id) & 0xffffu;
  }
  if (!has_word(extensions, "cl_khr_device_uuid")) return;
  std::uint8_t uuid[16] = {};
  if (device_bytes(device, driver::device_uuid, uuid, sizeof uuid) != sizeof uuid) return;
  if (std::all_of(std::begin(uuid), std::end(uuid), [](std::uint8_t byte) { return byte == 0; })) return;
  std::memcpy(identity.uuid, uuid, sizeof uuid);
  identity.valid |= HAL_IDENTITY_UUID;
}

}  // namespace hal::plugins::opencl
