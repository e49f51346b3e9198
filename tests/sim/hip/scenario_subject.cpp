#include <fstream>
#include <iterator>
#include <string>

#include "tests/sim/common/scenario.hpp"

namespace sim {

scenario_module scenario_kernels() {
  static const std::string bytes = [] {
    std::ifstream in(HAL_SIM_KERNELS, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  return {"hsaco", bytes.data(), bytes.size()};
}

const char *const scenario_library = "libamdhip64.so.6";
const char *const scenario_left_behind = "hipSimLeftBehind";

}  // namespace sim
