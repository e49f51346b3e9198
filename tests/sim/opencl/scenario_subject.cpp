#include "tests/sim/common/scenario.hpp"

namespace sim {

scenario_module scenario_kernels() {
  static constexpr char text[] =
      "kernel void count(global uint *out) { atomic_inc((volatile global uint *)out); }";
  return {"opencl-c", text, sizeof text - 1};
}

const char *const scenario_library = "libOpenCL.so.1";
const char *const scenario_left_behind = "clSimLeftBehind";

}  // namespace sim
