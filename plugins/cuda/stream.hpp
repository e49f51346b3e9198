// Streams: CUDA's own.
#pragma once

#include "hal/plugin/native/stream.hpp"
#include "plugins/cuda/traits.hpp"

struct hal_stream : hal::plugin::native::stream<hal::plugins::cuda::traits> {
  using stream::stream;
};

namespace hal::plugins::cuda {

struct stream_entries : plugin::native::stream_entries<traits> {
  static void stream_adopt(hal_device *device, void *native, hal_stream **out_stream);
};

}  // namespace hal::plugins::cuda
