// Events: CUDA's own.
#pragma once

#include "hal/plugin/native/event.hpp"
#include "plugins/cuda/traits.hpp"

struct hal_event : hal::plugin::native::event<hal::plugins::cuda::traits> {
  using event::event;
};

namespace hal::plugins::cuda {

using event_entries = plugin::native::event_entries<traits>;

}  // namespace hal::plugins::cuda
