// The fault matrix on three machines, one an executable: with shared virtual memory, which asks most entries;
// and, for what is only asked there, with USM and with buffers alone.
#include "tests/sim/common/fault_subject.hpp"

namespace sim {
namespace {

enum { shared_memory, usm, buffers };

constexpr bool required = true;
constexpr bool optional = false;
constexpr bool extension = false;

std::vector<fault_entry> entries() {
  if (HAL_SIM_MACHINE == usm) {
    return {{"clHostMemAllocINTEL", optional},
            {"clDeviceMemAllocINTEL", optional},
            {"clSharedMemAllocINTEL", optional},
            {"clMemFreeINTEL", optional},
            {"clEnqueueMemcpyINTEL", optional},
            {"clEnqueueMemFillINTEL", optional},
            {"clSetKernelArgMemPointerINTEL", optional},
            {"clGetKernelSuggestedLocalWorkSizeKHR", optional},
            {"clSetKernelExecInfo", optional}};
  }
  if (HAL_SIM_MACHINE == buffers)
    return {{"clCreateBuffer", required}, {"clReleaseMemObject", required}, {"clSetKernelArg", required}};
  return {
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) {#symbol, need},
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
  };
}

std::set<std::string> done_without() {
  std::set<std::string> all = {"clGetPlatformInfo", "clGetDeviceInfo",
                               "clGetExtensionFunctionAddressForPlatform", "clGetProgramBuildInfo",
                               "clSetKernelExecInfo", "clGetKernelSuggestedLocalWorkSizeKHR",
                               "clSetUserEventStatus", "clGetDeviceIDs",
                               // The first answers nothing; the second is called when the command is past.
                               "clSVMFree", "clReleaseEvent"};
  // Not asked on this machine; binaries, SPIR-V and imports have tests of their own.
  if (HAL_SIM_MACHINE == shared_memory) {
    all.insert({"clCreateBufferWithProperties", "clEnqueueAcquireExternalMemObjectsKHR",
                "clEnqueueReleaseExternalMemObjectsKHR", "clRetainContext", "clGetContextInfo",
                "clCreateCommandQueueWithProperties", "clCreateSubBuffer", "clMemFreeINTEL",
                "clHostMemAllocINTEL", "clDeviceMemAllocINTEL", "clSharedMemAllocINTEL",
                "clEnqueueMemcpyINTEL", "clEnqueueMemFillINTEL", "clSetKernelArgMemPointerINTEL",
                "clSetKernelArg", "clCreateProgramWithBinary", "clCreateProgramWithIL",
                "clCreateProgramWithILKHR"});
  }
  return all;
}

// At an allocation, a copy, a launch, a wait and a free.
std::vector<std::string> losing() {
  if (HAL_SIM_MACHINE == usm)
    return {"clDeviceMemAllocINTEL", "clEnqueueMemcpyINTEL", "clEnqueueNDRangeKernel", "clWaitForEvents",
            "clMemFreeINTEL"};
  return {"clCreateBuffer", "clEnqueueWriteBuffer", "clEnqueueNDRangeKernel", "clWaitForEvents",
          "clReleaseMemObject"};
}

}  // namespace

const fault_subject &the_fault_subject() {
  static const fault_subject told = {
      .machine = HAL_SIM_MACHINE == usm       ? R"("usm": true, "suggestion": true, )"
                 : HAL_SIM_MACHINE == buffers ? R"("svm": false, )"
                                              : "",
      .variable = "HAL_SIM_OPENCL",
      .library = "libOpenCL.so.1",
      .entries = entries(),
      .gives_back = {"clReleaseContext", "clReleaseCommandQueue", "clReleaseMemObject", "clReleaseProgram",
                     "clReleaseKernel", "clReleaseEvent", "clSVMFree", "clMemFreeINTEL", "clFinish"},
      .done_without = done_without(),
      .unknown = -9999,
      .out_of_memory = -4,
      .lost = -36,
      .lost_text = "CL_INVALID_COMMAND_QUEUE (-36)",
      .losing = losing(),
      .old_machine = R"({"version": 110})",
      .old_text = "1.1",
  };
  return told;
}

}  // namespace sim
