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
  return {"spirv", bytes.data(), bytes.size()};
}

const char *const scenario_library = HAL_SIM_DRIVER;
const char *const scenario_left_behind = "zeSimLeftBehind";

}  // namespace sim
