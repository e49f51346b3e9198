// Loading with the cache of compiled code between program and driver.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "hal/bundle.hpp"
#include "hal/device.hpp"

namespace hal::rt {

// Whether an answer to device::load leaves another image worth a try: the code is refused, not the device
// lost.
bool is_refusal(status code) noexcept;

// Names everything that decides what the driver's compiler makes of the code: plugin and driver with their
// versions, the device as a product and not this one of several, the code.
std::string code_key(const detail::device_state &device, std::string_view format,
                     std::span<const std::byte> code);

// Like device.load of the image's code. What the driver compiles is kept in the device's cache folder and
// loaded from there the next time; what is kept and refused is removed, and compiled anew.
module load_kept(const device &on, const bundle_image &image, std::span<const std::byte> code);

}  // namespace hal::rt
