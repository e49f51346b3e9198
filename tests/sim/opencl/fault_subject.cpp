#include "tests/sim/common/fault_subject.hpp"

namespace sim {

const fault_subject &the_fault_subject() {
  constexpr bool required = true;
  constexpr bool optional = false;
  constexpr bool extension = false;
  static fault_subject told = {
      .variable = "HAL_SIM_OPENCL",
      .library = "libOpenCL.so.1",
      .entries =
          {
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) {#symbol, need},
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
          },
      .gives_back = {"clReleaseContext", "clReleaseCommandQueue", "clReleaseMemObject", "clReleaseProgram",
                     "clReleaseKernel", "clReleaseEvent", "clSVMFree", "clMemFreeINTEL", "clFinish"},
      .done_without = {"clGetPlatformInfo", "clGetDeviceInfo", "clGetExtensionFunctionAddressForPlatform"},
      .unknown = -9999,
      .out_of_memory = -4,
      .lost = -36,
      .lost_text = "CL_INVALID_COMMAND_QUEUE (-36)",
      .losing = {"clCreateBuffer", "clEnqueueWriteBuffer", "clEnqueueNDRangeKernel", "clWaitForEvents",
                 "clReleaseMemObject"},
      .old_machine = R"({"version": 110})",
      .old_text = "1.1",
  };
  return told;
}

}  // namespace sim
