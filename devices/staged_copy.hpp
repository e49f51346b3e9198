// A copy between devices of which neither reaches the other's memory.
#pragma once

#include <cstdint>

#include "hal/memory.hpp"

namespace hal::detail {

// Copies `size` bytes between memories of two devices through the host, in chunks, and returns when it is
// done. `stream` is of `here`, which is one of the two: what was submitted to it comes first.
void copy_through_host(const device_state &here, hal_stream *stream, const buffer_view &destination,
                       const buffer_view &source, std::uint64_t size);

}  // namespace hal::detail
