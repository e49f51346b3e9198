#include "tests/sim/common/ending_subject.hpp"

namespace sim {

const ending_subject &the_ending_subject() {
  static const ending_subject told = {
      .variable = "HAL_SIM_HIP",
      .machine = R"({"faults": [{"entry": "hipStreamDestroy", "call": 1, "result": 999},
                                {"entry": "hipFree", "call": 1, "result": 214},
                                {"entry": "hipDevicePrimaryCtxRelease", "call": 2, "result": 999}]})",
      .refusal = 999,
      .stream_call = "hipStreamDestroy on ",
      .free_call = "hipFree on ",
      .close_call = "hipDevicePrimaryCtxRelease on ",
      .lost_text = "hipErrorECCNotCorrectable (214)",
  };
  return told;
}

}  // namespace sim
