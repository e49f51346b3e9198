#include "tests/sim/common/fault_subject.hpp"

namespace sim {

const fault_subject &the_fault_subject() {
  constexpr bool required = true;
  constexpr bool optional = false;
  static const fault_subject told = {
      .variable = "HAL_SIM_CUDA",
      .library = "libcuda.so.1",
      .entries =
          {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) {#symbol, need},
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
          },
      .gives_back = {"cuMemFree_v2", "cuMemFreeHost", "cuMemHostUnregister", "cuMemPoolDestroy",
                     "cuMemRelease", "cuMemAddressFree", "cuMemUnmap", "cuDestroyExternalMemory",
                     "cuIpcCloseMemHandle", "cuStreamDestroy_v2", "cuEventDestroy_v2", "cuModuleUnload",
                     "cuGraphDestroy", "cuGraphExecDestroy", "cuDevicePrimaryCtxRelease_v2",
                     "cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2", "cuCtxGetCurrent"},
      .done_without = {"cuLinkCreate_v2", "cuLinkAddData_v2", "cuLinkComplete", "cuLinkDestroy",
                       "cuGetErrorName", "cuGetErrorString", "cuDeviceGetAttribute", "cuDeviceGetPCIBusId",
                       "cuDeviceCanAccessPeer", "cuCtxGetDevice", "cuMemPoolTrimTo", "cuIpcCloseMemHandle",
                       "cuIpcOpenMemHandle_v2", "cuFuncSetAttribute", "cuGraphInstantiate_v2",
                       "cuGraphExecUpdate", "cuCtxPopCurrent_v2"},
      .unknown = 999,
      .out_of_memory = 2,
      .lost = 214,
      .lost_text = "CUDA_ERROR_ECC_UNCORRECTABLE (214)",
      .losing = {"cuMemAlloc_v2", "cuMemcpyHtoDAsync_v2", "cuLaunchKernel", "cuStreamSynchronize",
                 "cuStreamQuery", "cuMemFree_v2"},
      .old_machine = R"({"driver": 10020})",
      .old_text = "10.2",
      .figures_library = "libnvidia-ml.so.1",
      .figures_entries =
          {
#define HAL_NVML_ENTRY(member, symbol, parameters) #symbol,
#include "plugins/cuda/nvml_entries.inc"
#undef HAL_NVML_ENTRY
          },
  };
  return told;
}

}  // namespace sim
