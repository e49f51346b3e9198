// What the stand-in for libOpenCL.so.1 is told by the environment variable HAL_SIM_OPENCL, beside what
// tests/sim/common/faults.hpp says. It makes of the first device of the real library what a test needs:
//   {"devices": 2,             how often it is there
//    "version": 120,           of the platform and the device
//    "svm": false,             without shared virtual memory
//    "usm": true,              with cl_intel_unified_shared_memory
//    "extensions": "cl_a cl_b", beside the device's own
//    "suggestion": true,       with cl_khr_suggested_local_work_size
//    "external": true,         with cl_khr_external_memory of descriptors
//    "facts": {"4127": 0}}     values of clGetDeviceInfo, by number
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/common/faults.hpp"

namespace sim {

struct config {
  unsigned devices = 2;
  int version = 0;  // 0: the device's own
  bool svm = true;
  bool usm = false;
  bool suggestion = false;
  bool external = false;
  std::string extensions;
  std::map<unsigned, std::uint64_t> facts;
  std::vector<fault> faults;
};

// Read once, when the first entry is called.
const config &configuration();

}  // namespace sim
