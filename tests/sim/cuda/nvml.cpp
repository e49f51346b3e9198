// The stand-in for libnvidia-ml.so.1: the devices of the same configuration, with figures that do not change.
#include <cstdio>
#include <cstring>
#include <deque>
#include <iterator>
#include <mutex>
#include <string>

#include "plugins/cuda/nvml.hpp"
#include "plugins/cuda/uuid_text.hpp"
#include "tests/sim/cuda/config.hpp"

#define NVML_EXPORT extern "C" __attribute__((visibility("default")))
// Begins every entry: what the configuration plans for it.
#define SIM_NVML_ENTER(symbol) \
  if (const int planned = sim::enter(#symbol); planned != 0) return planned;

namespace {

namespace nvml = hal::plugins::cuda::nvml;
using sim::configuration;

constexpr int success = 0;
constexpr int invalid_argument = 2;
constexpr int not_supported = 3;
constexpr int not_found = 6;
constexpr int timed_out = 10;

// A handle is the address of a device's configuration; of a MIG instance's GPU with the lowest bit set.
nvml::device handle_of(const sim::device_config &one) {
  return reinterpret_cast<nvml::device>(const_cast<sim::device_config *>(&one));
}
const sim::device_config &config_of(nvml::device given) {
  return *reinterpret_cast<const sim::device_config *>(reinterpret_cast<std::uintptr_t>(given) &
                                                       ~std::uintptr_t{1});
}
bool is_parent(nvml::device given) {
  return (reinterpret_cast<std::uintptr_t>(given) & 1) != 0;
}
bool is_part(const sim::device_config &one) {
  return std::memcmp(one.uuid.bytes, one.parent_uuid.bytes, sizeof one.uuid.bytes) != 0;
}
std::string text_of(const sim::device_config &one) {
  return hal::plugins::cuda::uuid_text(is_part(one) ? "MIG-" : "GPU-", one.uuid.bytes);
}

int figure(nvml::device given, unsigned value, unsigned *out) {
  if (given == nullptr || out == nullptr) return invalid_argument;
  if (is_part(config_of(given))) return not_supported;
  *out = value;
  return success;
}

}  // namespace

NVML_EXPORT int nvmlInit_v2() {
  return sim::enter("nvmlInit_v2");
}

NVML_EXPORT int nvmlDeviceGetHandleByUUID(const char *uuid, nvml::device *out) {
  SIM_NVML_ENTER(nvmlDeviceGetHandleByUUID)
  for (const sim::device_config &one : configuration().devices) {
    if (text_of(one) != uuid) continue;
    *out = handle_of(one);
    return success;
  }
  return not_found;
}

NVML_EXPORT int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvml::device given, nvml::device *out) {
  SIM_NVML_ENTER(nvmlDeviceGetDeviceHandleFromMigDeviceHandle)
  if (!is_part(config_of(given))) return invalid_argument;
  *out = reinterpret_cast<nvml::device>(reinterpret_cast<std::uintptr_t>(given) | 1);
  return success;
}

NVML_EXPORT int nvmlDeviceGetMaxMigDeviceCount(nvml::device, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetMaxMigDeviceCount)
  *out = 7;
  return success;
}

NVML_EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(nvml::device parent, unsigned index, nvml::device *out) {
  SIM_NVML_ENTER(nvmlDeviceGetMigDeviceHandleByIndex)
  if (!is_parent(parent)) return invalid_argument;
  const auto &wanted = config_of(parent).parent_uuid;
  for (const sim::device_config &one : configuration().devices) {
    if (!is_part(one) || std::memcmp(one.parent_uuid.bytes, wanted.bytes, sizeof wanted.bytes) != 0) continue;
    if (index-- != 0) continue;
    *out = handle_of(one);
    return success;
  }
  return not_found;
}

NVML_EXPORT int nvmlDeviceGetUUID(nvml::device given, char *out, unsigned room) {
  SIM_NVML_ENTER(nvmlDeviceGetUUID)
  const std::string text = text_of(config_of(given));
  if (text.size() >= room) return invalid_argument;
  out[text.copy(out, room - 1)] = '\0';
  return success;
}

NVML_EXPORT int nvmlDeviceGetUtilizationRates(nvml::device given, nvml::utilization *out) {
  SIM_NVML_ENTER(nvmlDeviceGetUtilizationRates)
  if (is_part(config_of(given))) return not_supported;
  *out = {37, 12};
  return success;
}

NVML_EXPORT int nvmlDeviceGetMemoryInfo(nvml::device given, nvml::memory *out) {
  SIM_NVML_ENTER(nvmlDeviceGetMemoryInfo)
  const std::uint64_t total = config_of(given).memory;
  *out = {total, total - total / 4, total / 4};
  return success;
}

NVML_EXPORT int nvmlDeviceGetMinorNumber(nvml::device given, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetMinorNumber)
  if (is_part(config_of(given)) && !is_parent(given)) return not_supported;
  const auto &devices = configuration().devices;
  *out = static_cast<unsigned>(&config_of(given) - devices.data());
  return success;
}

NVML_EXPORT int nvmlDeviceGetCurrentClocksThrottleReasons(nvml::device given, unsigned long long *out) {
  SIM_NVML_ENTER(nvmlDeviceGetCurrentClocksThrottleReasons)
  if (is_part(config_of(given))) return not_supported;
  *out = nvml::throttle_software_power | nvml::throttle_hardware_thermal;
  return success;
}

NVML_EXPORT int nvmlDeviceGetTotalEccErrors(nvml::device given, nvml::memory_error type, nvml::ecc_counter,
                                            unsigned long long *out) {
  SIM_NVML_ENTER(nvmlDeviceGetTotalEccErrors)
  if (is_part(config_of(given))) return not_supported;
  *out = type == nvml::error_corrected ? 5 : 1;
  return success;
}

NVML_EXPORT int nvmlDeviceGetPcieThroughput(nvml::device given, nvml::pcie_counter which, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetPcieThroughput)
  return figure(given, which == nvml::pcie_sent ? 2000 : 3000, out);
}

NVML_EXPORT int nvmlDeviceGetFieldValues(nvml::device given, int count, nvml::field_value *fields) {
  SIM_NVML_ENTER(nvmlDeviceGetFieldValues)
  if (count <= 0 || fields == nullptr) return invalid_argument;
  for (int i = 0; i < count; ++i) {
    nvml::field_value &one = fields[i];
    const bool links = one.field == nvml::field_link_sent || one.field == nvml::field_link_received;
    one.result = success;
    if (is_part(config_of(given)) || (links && one.scope != nvml::scope_all_links)) {
      one.result = not_supported;
    } else if (one.field == nvml::field_memory_temperature) {
      one.type = nvml::type_unsigned;
      one.value.number = 52;
    } else if (links && !config_of(given).peers.empty()) {
      one.type = nvml::type_unsigned_large;
      one.value.large = one.field == nvml::field_link_sent ? 7 : 9;
    } else {
      one.result = not_supported;
    }
  }
  return success;
}

// Two links to each peer.
NVML_EXPORT int nvmlDeviceGetNvLinkState(nvml::device given, unsigned link, nvml::enable_state *out) {
  SIM_NVML_ENTER(nvmlDeviceGetNvLinkState)
  if (is_part(config_of(given)) || link >= nvml::most_links) return not_supported;
  *out = link < 2 * config_of(given).peers.size() ? nvml::state_enabled : nvml::state_disabled;
  return success;
}

NVML_EXPORT int nvmlDeviceGetNvLinkRemotePciInfo_v2(nvml::device given, unsigned link, nvml::pci_info *out) {
  SIM_NVML_ENTER(nvmlDeviceGetNvLinkRemotePciInfo_v2)
  const auto &peers = config_of(given).peers;
  if (link >= 2 * peers.size()) return not_supported;
  const int peer = *std::next(peers.begin(), static_cast<std::ptrdiff_t>(link / 2));
  const std::string &address = configuration().devices[static_cast<std::size_t>(peer)].pci;
  *out = {};
  // As the library writes it: eight digits of domain.
  std::snprintf(out->bus_id, sizeof out->bus_id, "%s%s", address.size() == 12 ? "0000" : "", address.c_str());
  return success;
}

namespace {
struct event_queue {
  std::mutex mutex;
  std::deque<nvml::event_data> waiting;
};
event_queue &events() {
  static auto &all = *new event_queue;
  return all;
}
}  // namespace

NVML_EXPORT int nvmlEventSetCreate(nvml::event_set *out) {
  SIM_NVML_ENTER(nvmlEventSetCreate)
  *out = reinterpret_cast<nvml::event_set>(&events());
  return success;
}

// Tells of the device's own faults once it is registered, as the configuration has them.
NVML_EXPORT int nvmlDeviceRegisterEvents(nvml::device given, unsigned long long types, nvml::event_set set) {
  SIM_NVML_ENTER(nvmlDeviceRegisterEvents)
  if (is_part(config_of(given))) return not_supported;
  if (set == nullptr || types != nvml::event_xid) return invalid_argument;
  const std::lock_guard lock(events().mutex);
  for (const unsigned xid : config_of(given).xids)
    events().waiting.push_back({given, nvml::event_xid, xid, UINT32_MAX, UINT32_MAX});
  return success;
}

NVML_EXPORT int nvmlEventSetWait_v2(nvml::event_set set, nvml::event_data *out, unsigned) {
  SIM_NVML_ENTER(nvmlEventSetWait_v2)
  if (set == nullptr || out == nullptr) return invalid_argument;
  const std::lock_guard lock(events().mutex);
  if (events().waiting.empty()) return timed_out;
  *out = events().waiting.front();
  events().waiting.pop_front();
  return success;
}

NVML_EXPORT int nvmlDeviceGetPowerUsage(nvml::device given, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetPowerUsage)
  return figure(given, 123456, out);
}
NVML_EXPORT int nvmlDeviceGetEnforcedPowerLimit(nvml::device given, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetEnforcedPowerLimit)
  return figure(given, 700000, out);
}
NVML_EXPORT int nvmlDeviceGetTemperature(nvml::device given, nvml::sensor, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetTemperature)
  return figure(given, 41, out);
}
NVML_EXPORT int nvmlDeviceGetClockInfo(nvml::device given, nvml::clock which, unsigned *out) {
  SIM_NVML_ENTER(nvmlDeviceGetClockInfo)
  return figure(given, which == nvml::clock_memory ? 2619 : 1980, out);
}
