#include "tests/conformance/ptx_kernels.hpp"
#include "tests/sim/common/scenario.hpp"

namespace sim {

scenario_module scenario_kernels() {
  return {"ptx", conformance::ptx_kernels.data(), conformance::ptx_kernels.size()};
}

const char *const scenario_library = "libcuda.so.1";
const char *const scenario_left_behind = "cuSimLeftBehind";

}  // namespace sim
