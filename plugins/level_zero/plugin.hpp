// The plugin's table, for the exported query and for tests of what is inside.
#pragma once

#include <cstdint>

#include "hal/abi/plugin.h"
#include "plugins/level_zero/describe.hpp"
#include "plugins/level_zero/metrics.hpp"

namespace hal::plugins::level_zero {

struct level_zero_plugin {
  static constexpr char name[] = "level_zero";
  static constexpr char version[] = "0.1.0";

  static std::uint32_t probe(const hal_host &host);
  static hal_device *open(const hal_host &host, std::uint32_t index, const hal_open_options &options);
  static constexpr auto &describe = hal::plugins::level_zero::describe;
  static constexpr auto &properties = hal::plugins::level_zero::properties;
  static constexpr auto &metrics = hal::plugins::level_zero::metrics;
  static const hal_device_table device_table;
};

}  // namespace hal::plugins::level_zero
