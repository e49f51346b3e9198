// What the stand-in for a Level Zero driver is told by the environment variable HAL_SIM_LEVEL_ZERO: JSON
// text, or the path of a file that holds it. Every field may be left out:
//   {"api": "1.4", "in_order": false, "import_host": true, "relaxed": true, "flat": false,
//    "devices": [{"name": "...", "type": 1, "memory": 1073741824, "max_allocation": 268435456,
//                 "uuid": "32 hexadecimal digits", "pci": "0000:03:00.0", "tiles": 0, "peers": [1],
//                 "copy_engine": true, "cooperative": true, "external": true, "shared": true, "spirv": "1.2",
//                 "timer_hz": 19200000, "timestamp_bits": 36, "timestamp_start": 0}],
//    "kernels": ["path of a shared object with hal_native_module_1"],
//    "faults": see tests/sim/common/faults.hpp}
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/common/faults.hpp"

namespace sim {

struct device_config {
  std::string name;
  std::uint32_t type = 1;
  std::uint64_t memory = 1ull << 30;
  std::uint64_t max_allocation = 1ull << 28;
  std::uint8_t uuid[16] = {};
  std::uint32_t pci[4] = {};  // domain, bus, device, function
  std::uint32_t tiles = 0;
  std::set<std::uint32_t> peers;
  bool copy_engine = true;
  bool cooperative = true;
  bool external = true;
  bool shared = true;
  std::uint32_t spirv = 0x10002;  // 0: no kernels
  std::uint64_t timer_hz = 19'200'000;
  std::uint32_t timestamp_bits = 36;
  std::uint64_t timestamp_start = 0;
};

struct config {
  std::uint32_t api = 0x10004;
  bool in_order = false;    // lists that are made in order are: from 1.9
  bool import_host = true;  // the extension that pins host memory
  bool relaxed = true;      // allocations beyond max_allocation
  bool flat = false;        // tiles are devices
  std::vector<device_config> devices;
  std::vector<std::string> kernels;
  std::vector<fault> faults;
};

// Read once, when the first entry is called. Text that cannot be read ends the process: a test is wrong.
const config &configuration();

}  // namespace sim
