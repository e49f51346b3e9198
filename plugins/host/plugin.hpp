// The plugin itself: the one device of this machine, its facts, and the table of entries.
#pragma once

#include <cstdint>
#include <vector>

#include "hal/abi/plugin.h"
#include "plugins/host/files.hpp"

namespace hal::plugins::host {

// As hal/plugin/entry.hpp wants it.
struct host_plugin {
  static constexpr char name[] = "host";
  static constexpr char version[] = "0.1.0";

  static std::uint32_t probe(const hal_host &host);
  static void describe(std::uint32_t index, hal_device_description &out);
  static std::vector<hal_property> properties(std::uint32_t index);
  static void metrics(std::uint32_t index, hal_metrics &out);
  static hal_device *open(const hal_host &host, std::uint32_t index, const hal_open_options &options);

  static const hal_device_table device_table;
};

// The facts of the machine below `files`.
void describe_machine(const file_tree &files, hal_device_description &out);
std::vector<hal_property> machine_properties(const file_tree &files);

}  // namespace hal::plugins::host
