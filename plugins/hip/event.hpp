// Events: HIP's own.
#pragma once

#include "hal/plugin/native/event.hpp"
#include "plugins/hip/traits.hpp"

struct hal_event : hal::plugin::native::event<hal::plugins::hip::traits> {
  using event::event;
};

namespace hal::plugins::hip {

using event_entries = plugin::native::event_entries<traits>;

}  // namespace hal::plugins::hip
