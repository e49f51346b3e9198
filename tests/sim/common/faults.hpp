// What a stand-in was told to do wrong, in its configuration:
//   "faults": [{"entry": "cuMemAlloc_v2", "call": 2, "result": 2},     that call only; 0: every call
//              {"entry": "cuMemAlloc_v2", "call": 1, "delay_ms": 50},
//              {"entry": "cuMemAlloc_v2", "call": 1, "kill": true}]
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sim {

struct fault {
  std::string entry;
  std::uint64_t call = 0;
  int result = 0;
  int delay_ms = 0;
  bool kill = false;
};

// The configuration in the environment variable: JSON text, or the path of a file that holds it; an empty
// object when it is not set. Text that cannot be read ends the process: a test is wrong.
nlohmann::json load_configuration(const char *variable);

// What "faults" of a configuration says.
std::vector<fault> read_faults(const nlohmann::json &configuration);

// Counts a call of an entry and does what was planned for it: answers the planned code, or 0 when the entry
// is to do its work.
int enter(const std::vector<fault> &planned, const char *entry);

}  // namespace sim
