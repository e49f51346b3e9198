// Binaries of OpenCL's drivers, checked before a driver gets them: some end the process over one that was cut
// short.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace hal::plugins::opencl {

// The part that is the driver's; what it is in is left out. Throws HAL_STATUS_INVALID_MODULE for bytes that
// are not whole, or of which that cannot be told.
std::span<const std::byte> checked_binary(std::span<const std::byte> bytes);

// A driver's binary in a wrapping that tells whether it is whole.
std::string wrapped_binary(std::span<const std::byte> binary);

}  // namespace hal::plugins::opencl
