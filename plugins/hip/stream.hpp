// Streams: HIP's own.
#pragma once

#include "hal/plugin/native/stream.hpp"
#include "plugins/hip/traits.hpp"

struct hal_stream : hal::plugin::native::stream<hal::plugins::hip::traits> {
  using stream::stream;
};

namespace hal::plugins::hip {

struct stream_entries : plugin::native::stream_entries<traits> {
  static void stream_adopt(hal_device *device, void *native, hal_stream **out_stream);
};

}  // namespace hal::plugins::hip
