// The plugin's table, for the exported query and for tests of what is inside.
#pragma once

#include <cstdint>

#include "hal/abi/plugin.h"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/metrics.hpp"

namespace hal::plugins::hip {

struct hip_plugin {
  static constexpr char name[] = "hip";
  static constexpr char version[] = "0.1.0";

  static std::uint32_t probe(const hal_host &host);
  static hal_device *open(const hal_host &host, std::uint32_t index, const hal_open_options &options);
  static constexpr auto &describe = hal::plugins::hip::describe;
  static constexpr auto &properties = hal::plugins::hip::properties;
  static constexpr auto &metrics = hal::plugins::hip::metrics;
  static const hal_device_table device_table;
};

}  // namespace hal::plugins::hip
