#include "tests/sim/common/fault_subject.hpp"

namespace sim {

const fault_subject &the_fault_subject() {
  constexpr bool required = true;
  constexpr bool optional = false;
  static const fault_subject told = {
      .variable = "HAL_SIM_HIP",
      .library = "libamdhip64.so.6",
      .entries =
          {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) {#symbol, need},
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
          },
      .gives_back = {"hipFree", "hipHostFree", "hipHostUnregister", "hipMemPoolDestroy",
                     "hipDestroyExternalMemory", "hipIpcCloseMemHandle", "hipStreamDestroy",
                     "hipEventDestroy", "hipModuleUnload", "hipGraphDestroy", "hipGraphExecDestroy",
                     "hipDevicePrimaryCtxRelease", "hipDeviceReset", "hipGetDevice", "hipSetDevice"},
      .done_without = {"hipGetErrorString", "hipGetErrorName", "hipGetLastError", "hipDeviceGetAttribute",
                       "hipDeviceGetUuid", "hipDeviceGetPCIBusId", "hipGetDeviceProperties",
                       "hipGetDevicePropertiesR0600", "hipDeviceCanAccessPeer",
                       "hipExtGetLinkTypeAndHopCount", "hipMemPoolTrimTo", "hipIpcOpenMemHandle",
                       "hipMemGetAddressRange", "hipDeviceGetStreamPriorityRange", "hipIpcCloseMemHandle",
                       "hipDeviceReset"},
      .unknown = 999,
      .out_of_memory = 2,
      .lost = 214,
      .lost_text = "hipErrorECCNotCorrectable (214)",
      .losing = {"hipMalloc", "hipMemcpyAsync", "hipModuleLaunchKernel", "hipStreamSynchronize",
                 "hipStreamQuery", "hipFree"},
      .old_machine = R"({"hip": 4030})",
      .old_text = "HIP 4.3",
  };
  return told;
}

}  // namespace sim
