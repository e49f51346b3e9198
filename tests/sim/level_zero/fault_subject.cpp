#include "tests/sim/common/fault_subject.hpp"

namespace sim {
namespace {

// What the loader of specification 1.4 has: the others are never found in it. Without zeInit, after whose
// failure that loader has no driver for the rest of the process: interop_test.cpp has that.
std::vector<fault_entry> entries_of_loader() {
  constexpr bool required = true;
  constexpr bool optional = false;
  std::vector<fault_entry> found;
#define HAL_LEVEL_ZERO_ENTRY(need, member, symbol, since, parameters) \
  if (since <= 104 && std::string(#symbol) != "zeInit") found.push_back({#symbol, need});
#include "plugins/level_zero/entries.inc"
#undef HAL_LEVEL_ZERO_ENTRY
  return found;
}

}  // namespace

const fault_subject &the_fault_subject() {
  static const fault_subject told = {
      .variable = "HAL_SIM_LEVEL_ZERO",
      .library = "libze_loader.so.1",
      .entries = entries_of_loader(),
      .gives_back = {"zeMemFree", "zeMemCloseIpcHandle", "zeCommandQueueDestroy", "zeFenceDestroy",
                     "zeContextDestroy", "zeCommandListDestroy", "zeEventPoolDestroy", "zeEventDestroy",
                     "zeModuleDestroy", "zeModuleBuildLogDestroy", "zeKernelDestroy"},
      // The lists and fences of a graph as it was before an update go when they are done with; nothing waits
      // for that, and a launch is not refused for it.
      .done_without = {"zeCommandListDestroy",
                       "zeFenceDestroy",
                       "zeMemGetIpcHandle",
                       "zeModuleBuildLogDestroy",
                       "zeDriverGetIpcProperties",
                       "zeDriverGetExtensionProperties",
                       "zeDriverGetExtensionFunctionAddress",
                       "zeDeviceGetCommandQueueGroupProperties",
                       "zeDeviceGetMemoryProperties",
                       "zeDeviceGetMemoryAccessProperties",
                       "zeDeviceGetCacheProperties",
                       "zeDeviceGetExternalMemoryProperties",
                       "zeDeviceGetP2PProperties",
                       "zeDeviceGetStatus",
                       "zeDevicePciGetPropertiesExt",
                       "zeContextGetStatus",
                       "zeEventHostSignal",
                       "zeMemOpenIpcHandle",
                       "zeMemCloseIpcHandle",
                       "zeModuleBuildLogGetString",
                       "zesDeviceGetProperties",
                       "zesDeviceEnumPowerDomains",
                       "zesPowerGetProperties",
                       "zesPowerGetEnergyCounter",
                       "zesPowerGetLimits",
                       "zesDeviceEnumTemperatureSensors",
                       "zesTemperatureGetProperties",
                       "zesTemperatureGetState",
                       "zesDeviceEnumFrequencyDomains",
                       "zesFrequencyGetProperties",
                       "zesFrequencyGetState",
                       "zesDeviceEnumEngineGroups",
                       "zesEngineGetProperties",
                       "zesEngineGetActivity",
                       "zesDeviceEnumMemoryModules",
                       "zesMemoryGetProperties",
                       "zesMemoryGetState",
                       "zesMemoryGetBandwidth"},
      .unknown = 0x7ffffffe,
      .out_of_memory = 0x70000003,
      .lost = 0x70000001,
      .lost_text = "ZE_RESULT_ERROR_DEVICE_LOST (0x70000001)",
      .losing = {"zeMemAllocDevice", "zeCommandListAppendMemoryCopy", "zeCommandListAppendLaunchKernel",
                 "zeCommandListAppendBarrier", "zeEventHostSynchronize", "zeEventQueryStatus", "zeMemFree"},
      .old_machine = R"({"faults": [{"entry": "zeInit", "call": 0, "result": 2013265922}]})",
      .old_text = "ZE_RESULT_ERROR_UNSUPPORTED_VERSION",
  };
  return told;
}

}  // namespace sim
