#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "tests/sim/hip/world.hpp"

namespace driver = sim::driver;
using namespace driver;

namespace sim {
namespace {

thread_local int current_device = 0;
thread_local result last_error = hipSuccess;

}  // namespace

world &all() {
  // Never destroyed: a runtime outlives the program's exit handlers.
  static world &one = *[] {
    auto *made = new world;
    std::vector<std::uint64_t> limits;
    for (const device_config &told : configuration().devices) {
      made->devices.push_back(std::make_unique<device_state>());
      made->devices.back()->number = static_cast<int>(limits.size());
      limits.push_back(told.memory);
    }
    made->memory.open(std::move(limits));
    return made;
  }();
  return one;
}

int &current_number() {
  return current_device;
}

device_state &current() {
  return *all().devices[static_cast<std::size_t>(current_device)];
}

result remember(result code) {
  if (code != hipSuccess) last_error = code;
  return code;
}

result usable() {
  if (configuration().devices.empty()) return hipErrorNoDevice;
  const guard lock(queues().mutex);
  return static_cast<result>(current().error);
}

result planned_result(const char *entry) {
  const auto planned = static_cast<result>(enter(configuration().faults, entry));
  const bool ends = planned == hipErrorECCNotCorrectable || planned == hipErrorIllegalAddress ||
                    planned == hipErrorLaunchFailure || planned == hipErrorLaunchTimeOut ||
                    planned == hipErrorAssert;
  if (ends && !configuration().devices.empty()) {
    const guard lock(queues().mutex);
    fail(current(), planned);
  }
  return planned;
}

}  // namespace sim

namespace {

using sim::guard;
using sim::queues;

bool is_device(device given) {
  return given >= 0 && static_cast<std::size_t>(given) < sim::configuration().devices.size();
}

const sim::device_config &config_of(device given) {
  return sim::configuration().devices[static_cast<std::size_t>(given)];
}

int default_attribute(int which) {
  static const std::map<int, int> values = {
      {0, 1},        {2, 8},      {5, 1700000}, {6, 0},           {9, 1},     {10, 1},          {16, 0},
      {19, 8388608}, {24, 1},     {26, 1024},   {27, 1024},       {28, 1024}, {29, 2147483647}, {30, 65535},
      {31, 65535},   {56, 1024},  {57, 2048},   {58, 2147483647}, {59, 4096}, {60, 1600000},    {63, 104},
      {65, 0},       {71, 65536}, {74, 65536},  {78, 1},          {87, 64},   {88, 1},          {10011, 1},
      {10012, 1},    {10016, 1},  {10018, 1},   {10020, 0x740f}};
  const auto found = values.find(which);
  return found == values.end() ? 0 : found->second;
}

// The two layouts of the property record put the target's name at different places.
result properties(device_properties *out, device given, std::size_t name_at) {
  if (!is_device(given)) return hipErrorInvalidDevice;
  const std::string &name = config_of(given).name;
  const std::string &target = config_of(given).target;
  std::memcpy(out->name, name.c_str(), std::min<std::size_t>(name.size() + 1, sizeof out->name));
  std::memcpy(out->rest + name_at, target.c_str(), target.size() + 1);
  return hipSuccess;
}

}  // namespace

SIM_EXPORT const char *hipGetErrorName(result code) {
  if (sim::planned_result("hipGetErrorName") != hipSuccess) return nullptr;
  switch (code) {
#define HAL_HIP_RESULT(name, number, status, since) \
  case driver::name:                                \
    return #name;
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
  }
  return nullptr;
}

SIM_EXPORT const char *hipGetErrorString(result) {
  return sim::planned_result("hipGetErrorString") != hipSuccess ? nullptr : "told by the stand-in";
}

SIM_EXPORT result hipGetLastError() {
  if (const result planned = sim::planned_result("hipGetLastError"); planned != hipSuccess) return planned;
  return std::exchange(sim::last_error, hipSuccess);
}

SIM_EXPORT result hipInit(unsigned flags) {
  SIM_ENTER(hipInit)
  if (flags != 0) return sim::remember(hipErrorInvalidValue);
  return sim::configuration().devices.empty() ? hipErrorInvalidDevice : hipSuccess;
}

SIM_EXPORT result hipRuntimeGetVersion(int *out) {
  SIM_ENTER(hipRuntimeGetVersion)
  const int version = sim::configuration().version;
  *out = version / 1000 * 10'000'000 + version % 1000 / 10 * 100'000 + 43;
  return hipSuccess;
}

SIM_EXPORT result hipGetDeviceCount(int *out) {
  SIM_ENTER(hipGetDeviceCount)
  *out = static_cast<int>(sim::configuration().devices.size());
  return *out == 0 ? hipErrorNoDevice : hipSuccess;
}

SIM_EXPORT result hipDeviceGetName(char *out, int room, device given) {
  SIM_ENTER(hipDeviceGetName)
  if (!is_device(given) || room <= 0) return sim::remember(hipErrorInvalidDevice);
  const std::string &name = config_of(given).name;
  out[name.copy(out, static_cast<std::size_t>(room) - 1)] = '\0';
  return hipSuccess;
}

SIM_EXPORT result hipDeviceGetUuid(uuid *out, device given) {
  SIM_ENTER(hipDeviceGetUuid)
  if (!is_device(given)) return sim::remember(hipErrorInvalidDevice);
  std::memset(out->bytes, 0, sizeof out->bytes);
  config_of(given).uuid.copy(out->bytes, sizeof out->bytes);
  return hipSuccess;
}

SIM_EXPORT result hipDeviceTotalMem(std::size_t *out, device given) {
  SIM_ENTER(hipDeviceTotalMem)
  if (!is_device(given)) return sim::remember(hipErrorInvalidDevice);
  *out = config_of(given).memory;
  return hipSuccess;
}

SIM_EXPORT result hipDeviceGetAttribute(int *out, device_attribute which, device given) {
  SIM_ENTER(hipDeviceGetAttribute)
  if (!is_device(given)) return sim::remember(hipErrorInvalidDevice);
  const auto &told = config_of(given).attributes;
  const auto found = told.find(which);
  *out = found != told.end() ? found->second : default_attribute(which);
  return hipSuccess;
}

SIM_EXPORT result hipDeviceGetPCIBusId(char *out, int room, device given) {
  SIM_ENTER(hipDeviceGetPCIBusId)
  if (!is_device(given) || room <= 0) return sim::remember(hipErrorInvalidDevice);
  const std::string &text = config_of(given).pci;
  out[text.copy(out, static_cast<std::size_t>(room) - 1)] = '\0';
  return hipSuccess;
}

SIM_EXPORT result hipGetDeviceProperties(device_properties *out, device given) {
  SIM_ENTER(hipGetDeviceProperties)
  return sim::remember(properties(out, given, 396 - 256));  // as in HIP 5
}

SIM_EXPORT result hipGetDevicePropertiesR0600(device_properties *out, device given) {
  SIM_ENTER(hipGetDevicePropertiesR0600)
  return sim::remember(properties(out, given, 1160 - 256));
}

SIM_EXPORT result hipDeviceCanAccessPeer(int *out, device one, device other) {
  SIM_ENTER(hipDeviceCanAccessPeer)
  if (!is_device(one) || !is_device(other)) return sim::remember(hipErrorInvalidDevice);
  *out = one != other && config_of(one).peers.count(other) != 0 ? 1 : 0;
  return hipSuccess;
}

SIM_EXPORT result hipDeviceGetP2PAttribute(int *out, p2p_attribute which, device one, device other) {
  SIM_ENTER(hipDeviceGetP2PAttribute)
  if (!is_device(one) || !is_device(other) || one == other) return sim::remember(hipErrorInvalidDevice);
  *out = which == p2p_access_supported || which == p2p_native_atomics ? 1 : 0;
  return hipSuccess;
}

SIM_EXPORT result hipExtGetLinkTypeAndHopCount(device one, device other, std::uint32_t *type,
                                               std::uint32_t *hops) {
  SIM_ENTER(hipExtGetLinkTypeAndHopCount)
  if (!is_device(one) || !is_device(other) || one == other) return sim::remember(hipErrorInvalidDevice);
  *type = config_of(one).peers.count(other) != 0 ? link_xgmi : link_pcie;
  *hops = 1;
  return hipSuccess;
}

SIM_EXPORT result hipGetDevice(device *out) {
  SIM_ENTER(hipGetDevice)
  *out = sim::current_number();
  return hipSuccess;
}

SIM_EXPORT result hipSetDevice(device given) {
  SIM_ENTER(hipSetDevice)
  if (!is_device(given)) return sim::remember(hipErrorInvalidDevice);
  sim::current_number() = given;
  return hipSuccess;
}

// Ends the failure; what was made on the device is lost to it, and here stays for its owners to give back.
SIM_EXPORT result hipDeviceReset() {
  SIM_ENTER(hipDeviceReset)
  guard lock(queues().mutex);
  sim::device_state &own = sim::current();
  if (own.default_stream != nullptr) {
    sim::finish(lock, *own.default_stream);
    delete std::exchange(own.default_stream, nullptr);
  }
  own.peers.clear();
  own.error = 0;
  return hipSuccess;
}

SIM_EXPORT result hipDevicePrimaryCtxRetain(context *out, device given) {
  SIM_ENTER(hipDevicePrimaryCtxRetain)
  if (!is_device(given)) return sim::remember(hipErrorInvalidDevice);
  *out = reinterpret_cast<context>(sim::all().devices[static_cast<std::size_t>(given)].get());
  return hipSuccess;
}

SIM_EXPORT result hipDevicePrimaryCtxRelease(device given) {
  SIM_ENTER(hipDevicePrimaryCtxRelease)
  return is_device(given) ? hipSuccess : sim::remember(hipErrorInvalidDevice);
}

SIM_EXPORT result hipDeviceGetStreamPriorityRange(int *least, int *greatest) {
  SIM_ENTER(hipDeviceGetStreamPriorityRange)
  *least = 1;
  *greatest = -1;
  return hipSuccess;
}

SIM_EXPORT result hipDeviceEnablePeerAccess(device peer, unsigned flags) {
  SIM_ENTER_DEVICE(hipDeviceEnablePeerAccess)
  if (flags != 0 || !is_device(peer)) return sim::remember(hipErrorInvalidValue);
  if (config_of(sim::current_number()).peers.count(peer) == 0)
    return sim::remember(hipErrorPeerAccessUnsupported);
  const guard lock(queues().mutex);
  return sim::remember(sim::current().peers.insert(peer).second ? hipSuccess
                                                                : hipErrorPeerAccessAlreadyEnabled);
}

SIM_EXPORT result hipDeviceDisablePeerAccess(device peer) {
  SIM_ENTER_DEVICE(hipDeviceDisablePeerAccess)
  const guard lock(queues().mutex);
  return sim::remember(sim::current().peers.erase(peer) != 0 ? hipSuccess : hipErrorPeerAccessNotEnabled);
}

// For tests: what lives.
SIM_EXPORT std::uint64_t hipSimLeftBehind() {
  const guard lock(queues().mutex);
  const sim::world &told = sim::all();
  return told.streams.size() + told.modules.size() + told.memory.count() + told.others;
}
