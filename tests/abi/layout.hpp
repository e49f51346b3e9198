// The layout of everything that crosses the plugin boundary, as lines of text.
#pragma once

#include <string>
#include <vector>

namespace hal::test {

// One line for each size, field, table slot and value:
//   "abi 1.0"
//   "struct hal_memory size 32"
//   "field hal_memory.size offset 8 size 8"
//   "field hal_device_table.launch offset 376 size 8 slot 46"
//   "value HAL_STATUS_OK 0"
std::vector<std::string> abi_layout();

// Fields of a struct that abi_layout() forgets leave a hole: sentences that name the struct and the bytes.
std::vector<std::string> abi_holes();

}  // namespace hal::test
