// What a device would take, known by its PCI ids alone: for recorded machines, where no driver says it. The
// facts are a table (discovery/models.tsv, which explains its own columns) that is compiled into the library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device_info.hpp"

namespace hal::discovery {

// A line of the table; the texts are in it.
struct model {
  std::uint16_t vendor = 0;
  std::uint16_t device_first = 0;  // a range, both ends included
  std::uint16_t device_last = 0;
  std::string_view plugin;
  std::vector<std::string> module_formats;
  std::vector<std::string> targets;
  std::uint64_t data_types = 0;  // HAL_DATA_TYPE_*
  std::uint64_t memory = 0;      // bytes; 0: the ids do not tell
  std::string_view note;
};

// Lines that cannot be read are left out and described in `errors`; for the table that is compiled in, a unit
// test keeps `errors` empty. The narrower range first.
struct model_table {
  std::vector<model> models;
  std::vector<std::string> errors;  // "line 12: ..."
};
model_table parse_models(std::string_view text);

// The table that was compiled in; parsed on first use, then constant.
const model_table &built_in_models();

// nullptr: nothing is known of these ids.
const model *find_model(std::uint32_t vendor, std::uint32_t device,
                        const model_table &from = built_in_models());

// A description for the index-th device of the model's plugin. It runs kernels in memory with addresses; what
// the table does not say is not known.
device_info assume(const model &from, std::uint32_t index);

}  // namespace hal::discovery
