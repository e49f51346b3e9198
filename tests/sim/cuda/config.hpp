// What the stand-in for NVIDIA's driver is told by the environment variable HAL_SIM_CUDA: JSON text, or the
// path of a file that holds it. Every field may be left out:
//   {"driver": 13000,
//    "devices": [{"name": "...", "capability": 90, "memory": 1073741824, "uuid": "32 hexadecimal digits",
//                 "parent_uuid": "... of a MIG instance's GPU", "pci": "0000:17:00.0",
//                 "peers": [1], "xids": [79], "attributes": {"103": 0}}],
//    "kernels": ["path of a shared object with hal_native_module_1"],
//    "faults": [...]}     common/faults.hpp
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plugins/cuda/driver.hpp"
#include "tests/sim/common/faults.hpp"

namespace sim {

namespace driver = hal::plugins::cuda::driver;

struct device_config {
  std::string name;
  int capability = 90;
  std::uint64_t memory = 1ull << 30;
  driver::uuid uuid{};
  driver::uuid parent_uuid{};  // the same, unless it is a MIG instance
  std::string pci;
  std::set<int> peers;
  std::vector<unsigned> xids;  // faults that the management library tells of
  std::map<int, int> attributes;
};

struct config {
  int version = 13000;
  std::vector<device_config> devices;
  std::vector<std::string> kernels;
  std::vector<fault> faults;
};

// Read once, when the first entry is called. Text that cannot be read ends the process: a test is wrong.
const config &configuration();

// enter() of common/faults.hpp, for what this configuration plans.
driver::result enter(const char *entry);

}  // namespace sim
