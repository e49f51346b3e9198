// The plugin's table, for the exported query and for tests of what is inside.
#pragma once

#include <cstdint>

#include "hal/abi/plugin.h"
#include "plugins/opencl/describe.hpp"
#include "plugins/opencl/metrics.hpp"

namespace hal::plugins::opencl {

struct opencl_plugin {
  static constexpr char name[] = "opencl";
  static constexpr char version[] = "0.1.0";

  static std::uint32_t probe(const hal_host &host);
  static hal_device *open(const hal_host &host, std::uint32_t index, const hal_open_options &options);
  static constexpr auto &describe = hal::plugins::opencl::describe;
  static constexpr auto &properties = hal::plugins::opencl::properties;
  static const hal_device_table device_table;
};

}  // namespace hal::plugins::opencl
