#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "tests/sim/cuda/memory.hpp"

namespace driver = sim::driver;
using namespace driver;

namespace sim {

world &all() {
  // Never destroyed: a driver outlives the program's exit handlers.
  static world &one = *new world;
  return one;
}

std::vector<driver::context> &context_stack() {
  static thread_local std::vector<driver::context> stack;
  return stack;
}

driver::context current() {
  return context_stack().empty() ? nullptr : context_stack().back();
}

result usable() {
  const guard lock(all().mutex);
  if (current() == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  return current()->error;
}

result planned_result(const char *entry) {
  const result planned = enter(entry);
  const bool ends =
      planned == CUDA_ERROR_ECC_UNCORRECTABLE || (planned >= 700 && planned <= 719 && planned != 701);
  if (ends && current() != nullptr) {
    const guard lock(all().mutex);
    current()->error = planned;
    all().changed.notify_all();
  }
  return planned;
}

}  // namespace sim

namespace {

using sim::all;
using sim::guard;

bool is_device(device given) {
  return given >= 0 && static_cast<std::size_t>(given) < sim::configuration().devices.size();
}

const sim::device_config &config_of(device given) {
  return sim::configuration().devices[static_cast<std::size_t>(given)];
}

int default_attribute(const sim::device_config &told, int which) {
  static const std::map<int, int> values = {
      {1, 1024},        {2, 1024},     {3, 1024},  {4, 64},          {5, 2147483647}, {6, 65535},
      {7, 65535},       {8, 49152},    {10, 32},   {11, 2147483647}, {12, 65536},     {13, 1980000},
      {14, 512},        {16, 132},     {17, 0},    {18, 0},          {19, 1},         {20, 0},
      {32, 1},          {36, 2619000}, {37, 5120}, {38, 52428800},   {39, 2048},      {40, 3},
      {78, 1},          {83, 1},       {87, 2},    {88, 1},          {89, 1},         {95, 1},
      {97, 232448},     {99, 1},       {102, 1},   {103, 1},         {115, 1},        {124, 1},
      {139, 0x233510de}};
  if (which == 75) return told.capability / 10;
  if (which == 76) return told.capability % 10;
  const auto found = values.find(which);
  return found == values.end() ? 0 : found->second;
}

// Under the lock. What it held goes with it.
void destroy(guard &lock, context ended) {
  if (ended->default_stream != nullptr) --all().left_behind;
  all().left_behind += ended->streams.size() + ended->modules.size();
  while (!ended->streams.empty()) {
    stream one = *ended->streams.begin();
    one->ending = true;
    all().changed.notify_all();
    lock.unlock();
    one->thread.join();
    lock.lock();
    ended->streams.erase(one);
    all().streams.erase(one);
    delete one;
  }
  for (module one : ended->modules) delete one;
  sim::release_allocations(ended);
  delete ended;
}

}  // namespace

SIM_EXPORT result cuGetErrorName(result code, const char **out) {
  SIM_ENTER(cuGetErrorName)
  switch (code) {
#define HAL_CUDA_RESULT(name, number, status, since) \
  case driver::name:                                 \
    *out = #name;                                    \
    return CUDA_SUCCESS;
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
  }
  *out = nullptr;
  return CUDA_ERROR_INVALID_VALUE;
}

SIM_EXPORT result cuGetErrorString(result code, const char **out) {
  SIM_ENTER(cuGetErrorString)
  const char *name = nullptr;
  if (cuGetErrorName(code, &name) != CUDA_SUCCESS) return CUDA_ERROR_INVALID_VALUE;
  *out = "told by the stand-in";
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuInit(unsigned flags) {
  SIM_ENTER(cuInit)
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  const std::size_t count = sim::configuration().devices.size();
  if (count == 0) return CUDA_ERROR_NO_DEVICE;
  const guard lock(all().mutex);
  if (all().initialised) return CUDA_SUCCESS;
  all().initialised = true;
  all().primaries.assign(count, nullptr);
  all().primary_references.assign(count, 0);
  all().used.assign(count, 0);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDriverGetVersion(int *out) {
  SIM_ENTER(cuDriverGetVersion)
  *out = sim::configuration().version;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetCount(int *out) {
  SIM_ENTER(cuDeviceGetCount)
  *out = static_cast<int>(sim::configuration().devices.size());
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGet(device *out, int index) {
  SIM_ENTER(cuDeviceGet)
  if (!is_device(index)) return CUDA_ERROR_INVALID_DEVICE;
  *out = index;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetName(char *out, int room, device given) {
  SIM_ENTER(cuDeviceGetName)
  if (!is_device(given) || room <= 0) return CUDA_ERROR_INVALID_VALUE;
  const std::string &name = config_of(given).name;
  out[name.copy(out, static_cast<std::size_t>(room) - 1)] = '\0';
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetUuid(uuid *out, device given) {
  SIM_ENTER(cuDeviceGetUuid)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  *out = config_of(given).parent_uuid;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetUuid_v2(uuid *out, device given) {
  SIM_ENTER(cuDeviceGetUuid_v2)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  *out = config_of(given).uuid;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceTotalMem_v2(std::size_t *out, device given) {
  SIM_ENTER(cuDeviceTotalMem_v2)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  *out = config_of(given).memory;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetAttribute(int *out, device_attribute which, device given) {
  SIM_ENTER(cuDeviceGetAttribute)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  const sim::device_config &told = config_of(given);
  const auto found = told.attributes.find(which);
  *out = found != told.attributes.end() ? found->second : default_attribute(told, which);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetPCIBusId(char *out, int room, device given) {
  SIM_ENTER(cuDeviceGetPCIBusId)
  if (!is_device(given) || room <= 0) return CUDA_ERROR_INVALID_VALUE;
  const std::string &text = config_of(given).pci;
  out[text.copy(out, static_cast<std::size_t>(room) - 1)] = '\0';
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceCanAccessPeer(int *out, device one, device other) {
  SIM_ENTER(cuDeviceCanAccessPeer)
  if (!is_device(one) || !is_device(other)) return CUDA_ERROR_INVALID_DEVICE;
  *out = one != other && config_of(one).peers.count(other) != 0 ? 1 : 0;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDeviceGetP2PAttribute(int *out, p2p_attribute which, device one, device other) {
  SIM_ENTER(cuDeviceGetP2PAttribute)
  if (!is_device(one) || !is_device(other) || one == other) return CUDA_ERROR_INVALID_DEVICE;
  *out = which == p2p_access_supported || which == p2p_native_atomics ? 1 : 0;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDevicePrimaryCtxRetain(context *out, device given) {
  SIM_ENTER(cuDevicePrimaryCtxRetain)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  const guard lock(all().mutex);
  if (!all().initialised) return CUDA_ERROR_NOT_INITIALIZED;
  const auto index = static_cast<std::size_t>(given);
  if (all().primary_references[index]++ == 0) {
    auto *made = new context_record;
    made->device = given;
    made->primary = true;
    all().primaries[index] = made;
  }
  *out = all().primaries[index];
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuDevicePrimaryCtxRelease_v2(device given) {
  SIM_ENTER(cuDevicePrimaryCtxRelease_v2)
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  guard lock(all().mutex);
  const auto index = static_cast<std::size_t>(given);
  if (all().primary_references[index] == 0) return CUDA_ERROR_INVALID_CONTEXT;
  if (--all().primary_references[index] == 0) destroy(lock, std::exchange(all().primaries[index], nullptr));
  return CUDA_SUCCESS;
}

// For tests: objects that were left behind by contexts which ended, and mappings that still exist.
SIM_EXPORT std::uint64_t cuSimLeftBehind() {
  const guard lock(all().mutex);
  return all().left_behind + all().handles.size() + all().reservations.size() + all().allocations.size();
}

// For tests of adopted contexts; the plugin makes none itself.
SIM_EXPORT result cuCtxCreate_v2(context *out, unsigned, device given) {
  if (!is_device(given)) return CUDA_ERROR_INVALID_DEVICE;
  auto *made = new context_record;
  made->device = given;
  *out = made;
  sim::context_stack().push_back(made);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxDestroy_v2(context ended) {
  std::erase(sim::context_stack(), ended);
  guard lock(all().mutex);
  destroy(lock, ended);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxGetCurrent(context *out) {
  SIM_ENTER(cuCtxGetCurrent)
  *out = sim::current();
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxPushCurrent_v2(context given) {
  SIM_ENTER(cuCtxPushCurrent_v2)
  if (given == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  sim::context_stack().push_back(given);
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxPopCurrent_v2(context *out) {
  SIM_ENTER(cuCtxPopCurrent_v2)
  if (sim::context_stack().empty()) return CUDA_ERROR_INVALID_CONTEXT;
  if (out != nullptr) *out = sim::context_stack().back();
  sim::context_stack().pop_back();
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxGetDevice(device *out) {
  SIM_ENTER_CONTEXT(cuCtxGetDevice)
  *out = sim::current()->device;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  SIM_ENTER_CONTEXT(cuCtxGetStreamPriorityRange)
  *least = 0;
  *greatest = -5;
  return CUDA_SUCCESS;
}

SIM_EXPORT result cuCtxEnablePeerAccess(context peer, unsigned flags) {
  SIM_ENTER_CONTEXT(cuCtxEnablePeerAccess)
  const guard lock(all().mutex);
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  if (peer == nullptr || config_of(sim::current()->device).peers.count(peer->device) == 0)
    return CUDA_ERROR_PEER_ACCESS_UNSUPPORTED;
  return sim::current()->peers.insert(peer).second ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
}

SIM_EXPORT result cuCtxDisablePeerAccess(context peer) {
  SIM_ENTER_CONTEXT(cuCtxDisablePeerAccess)
  const guard lock(all().mutex);
  return sim::current()->peers.erase(peer) != 0 ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}
