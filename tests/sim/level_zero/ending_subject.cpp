#include "tests/sim/common/ending_subject.hpp"

namespace sim {

// The test's two devices share a context, which the second one that is closed gives back.
const ending_subject &the_ending_subject() {
  static const ending_subject told = {
      .variable = "HAL_SIM_LEVEL_ZERO",
      .machine = R"({"faults": [{"entry": "zeCommandListDestroy", "call": 1, "result": 2147483646},
                                {"entry": "zeMemFree", "call": 1, "result": 1879048193},
                                {"entry": "zeDeviceGetStatus", "call": 1, "result": 1879048193},
                                {"entry": "zeContextDestroy", "call": 2, "result": 2147483646}]})",
      .refusal = 0x7ffffffe,
      .stream_call = "zeCommandListDestroy on ",
      .free_call = "zeMemFree on ",
      .close_call = "zeContextDestroy on ",
      .lost_text = "ZE_RESULT_ERROR_DEVICE_LOST (0x70000001)",
  };
  return told;
}

}  // namespace sim
