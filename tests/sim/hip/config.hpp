// What the stand-in for AMD's HIP runtime is told by the environment variable HAL_SIM_HIP: JSON text, or the
// path of a file that holds it. Every field may be left out:
//   {"hip": 6040,                       major * 1000 + minor * 10
//    "devices": [{"name": "...", "target": "gfx90a:sramecc+:xnack-", "memory": 1073741824,
//                 "uuid": "16 hexadecimal digits", "pci": "0000:c1:00.0", "peers": [1],
//                 "attributes": {"24": 0}}],
//    "kernels": ["path of a shared object with hal_native_module_1"],
//    "rtc_code": "path of the code object that the stand-in for hipRTC answers",
//    "faults": [...]}     common/faults.hpp
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugins/hip/driver.hpp"
#include "tests/sim/common/faults.hpp"

namespace sim {

namespace driver = hal::plugins::hip::driver;

struct device_config {
  std::string name;
  std::string target;
  std::uint64_t memory = 1ull << 30;
  std::string uuid;
  std::string pci;
  std::set<int> peers;
  std::map<int, int> attributes;
};

struct config {
  int version = 6040;
  std::vector<device_config> devices;
  std::vector<std::string> kernels;
  std::string rtc_code;
  std::vector<fault> faults;
};

// Read once, when the first entry is called.
const config &configuration();

}  // namespace sim
