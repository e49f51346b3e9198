#include "tests/sim/common/ending_subject.hpp"

namespace sim {

const ending_subject &the_ending_subject() {
  static const ending_subject told = {
      .variable = "HAL_SIM_CUDA",
      .machine = R"({"faults": [{"entry": "cuStreamDestroy_v2", "call": 1, "result": 999},
                                {"entry": "cuMemFree_v2", "call": 1, "result": 214},
                                {"entry": "cuDevicePrimaryCtxRelease_v2", "call": 2, "result": 999}]})",
      .refusal = 999,
      .stream_call = "cuStreamDestroy on ",
      .free_call = "cuMemFree on ",
      .close_call = "cuDevicePrimaryCtxRelease on ",
      .lost_text = "CUDA_ERROR_ECC_UNCORRECTABLE (214)",
  };
  return told;
}

}  // namespace sim
