// Descriptions of devices that no plugin described, because the machine is a recorded one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/inventory.hpp"

namespace hal::rt {

struct assumed_device {
  std::uint32_t entry = 0;          // its index in the listing
  std::optional<device_info> info;  // nothing: the device is unknown to the table of models
};

// Of every device without a way in, in the order of the listing; counted by plugin as that plugin's devices
// might be. Parts of a device are left to the physical one.
std::vector<assumed_device> assumed_devices(const inventory &listing);

}  // namespace hal::rt
