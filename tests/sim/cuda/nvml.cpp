// The stand-in for libnvidia-ml.so.1: the devices of the same configuration, with figures that do not change.
#include <cstring>
#include <string>

#include "plugins/cuda/nvml.hpp"
#include "plugins/cuda/uuid_text.hpp"
#include "tests/sim/cuda/config.hpp"

#define NVML_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

namespace nvml = hal::plugins::cuda::nvml;
using sim::configuration;

constexpr int success = 0;
constexpr int invalid_argument = 2;
constexpr int not_supported = 3;
constexpr int not_found = 6;

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
  for (const sim::device_config &one : configuration().devices) {
    if (text_of(one) != uuid) continue;
    *out = handle_of(one);
    return success;
  }
  return not_found;
}

NVML_EXPORT int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvml::device given, nvml::device *out) {
  if (!is_part(config_of(given))) return invalid_argument;
  *out = reinterpret_cast<nvml::device>(reinterpret_cast<std::uintptr_t>(given) | 1);
  return success;
}

NVML_EXPORT int nvmlDeviceGetMaxMigDeviceCount(nvml::device, unsigned *out) {
  *out = 7;
  return success;
}

NVML_EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(nvml::device parent, unsigned index, nvml::device *out) {
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
  const std::string text = text_of(config_of(given));
  if (text.size() >= room) return invalid_argument;
  out[text.copy(out, room - 1)] = '\0';
  return success;
}

NVML_EXPORT int nvmlDeviceGetUtilizationRates(nvml::device given, nvml::utilization *out) {
  if (is_part(config_of(given))) return not_supported;
  *out = {37, 12};
  return success;
}

NVML_EXPORT int nvmlDeviceGetMemoryInfo(nvml::device given, nvml::memory *out) {
  const std::uint64_t total = config_of(given).memory;
  *out = {total, total - total / 4, total / 4};
  return success;
}

NVML_EXPORT int nvmlDeviceGetPowerUsage(nvml::device given, unsigned *out) {
  return figure(given, 123456, out);
}
NVML_EXPORT int nvmlDeviceGetEnforcedPowerLimit(nvml::device given, unsigned *out) {
  return figure(given, 700000, out);
}
NVML_EXPORT int nvmlDeviceGetTemperature(nvml::device given, nvml::sensor, unsigned *out) {
  return figure(given, 41, out);
}
NVML_EXPORT int nvmlDeviceGetClockInfo(nvml::device given, nvml::clock which, unsigned *out) {
  return figure(given, which == nvml::clock_memory ? 2619 : 1980, out);
}
