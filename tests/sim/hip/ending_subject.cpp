#include "tests/sim/common/ending_subject.hpp"

namespace sim {

const ending_subject &the_ending_subject() {
  static const ending_subject told = {
      .variable = "HAL_SIM_HIP",
      .machine = R"({"faults": [{"entry": "hipEventDestroy", "call": 1, "result": 999},
                                {"entry": "hipFree", "call": 1, "result": 214},
                                {"entry": "hipDevicePrimaryCtxRelease", "call": 2, "result": 999}]})",
      .event_call = "hipEventDestroy on ",
      .free_call = "hipFree on ",
      .close_call = "hipDevicePrimaryCtxRelease on ",
      .lost_text = "hipErrorECCNotCorrectable (214)",
  };
  return told;
}

}  // namespace sim
