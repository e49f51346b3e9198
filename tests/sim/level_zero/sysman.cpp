// Sysman: figures that a test can tell. A tile has its own engines and memory; power, temperatures and clocks
// are the card's.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "tests/sim/level_zero/entries.hpp"
#include "tests/sim/level_zero/world.hpp"

namespace sim {
namespace {

std::atomic<bool> initialised = false;

// As the real driver: by its own initialisation, or where the variable was set.
bool is_on() {
  static const bool by_environment = [] {
    const char *given = std::getenv("ZES_ENABLE_SYSMAN");
    return given != nullptr && std::strcmp(given, "1") == 0;
  }();
  return by_environment || initialised;
}

// A handle is a device, with what it is of the device: tile 0 is the card.
struct sensor {
  _ze_device_handle_t *device;
  std::uint32_t kind;
  std::uint32_t tile;  // from 1; 0: on no tile
};

template <typename Handle>
const sensor &of(Handle handle) {
  return *reinterpret_cast<const sensor *>(handle);
}

// Never freed, as the driver's own are not while it lives.
template <typename Handle>
Handle handle_of(_ze_device_handle_t *device, std::uint32_t kind, std::uint32_t tile) {
  static auto &made = *new std::map<std::tuple<_ze_device_handle_t *, std::uint32_t, std::uint32_t>, sensor>;
  const guard lock(all().mutex);
  return reinterpret_cast<Handle>(
      &made.try_emplace({device, kind, tile}, sensor{device, kind, tile}).first->second);
}

template <typename Handle>
ze_result_t enumerate(zes_device_handle_t given, std::uint32_t *count, Handle *out,
                      const std::vector<std::uint32_t> &kinds, bool by_tile) {
  if (!is_on()) return ZE_RESULT_ERROR_UNINITIALIZED;
  auto *device = reinterpret_cast<_ze_device_handle_t *>(given);
  std::vector<Handle> found;
  const auto tiles = static_cast<std::uint32_t>(by_tile ? device->tiles.size() : 0);
  for (const std::uint32_t kind : kinds) {
    for (std::uint32_t tile = tiles == 0 ? 0 : 1; tile <= tiles; ++tile)
      found.push_back(handle_of<Handle>(device, kind, tile));
  }
  if (*count == 0 || out == nullptr) {
    *count = static_cast<std::uint32_t>(found.size());
    return ZE_RESULT_SUCCESS;
  }
  *count = std::min(*count, static_cast<std::uint32_t>(found.size()));
  std::copy_n(found.begin(), *count, out);
  return ZE_RESULT_SUCCESS;
}

template <typename Properties>
void tell_place(const sensor &which, Properties &out) {
  out.onSubdevice = which.tile != 0;
  out.subdeviceId = which.tile == 0 ? 0 : which.tile - 1;
}

std::uint64_t microseconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace

namespace entries {

ze_result_t sysman_init(uint32_t) {
  SIM_ENTER(zesInit)
  initialised = true;
  return ZE_RESULT_SUCCESS;
}

ze_result_t sysman_driver_get(uint32_t *count, zes_driver_handle_t *out) {
  SIM_ENTER(zesDriverGet)
  if (*count != 0 && out != nullptr) *out = reinterpret_cast<zes_driver_handle_t>(&all().driver);
  *count = 1;
  return ZE_RESULT_SUCCESS;
}

ze_result_t sysman_device_get(zes_driver_handle_t, uint32_t *count, zes_device_handle_t *out) {
  SIM_ENTER(zesDeviceGet)
  const auto have = static_cast<std::uint32_t>(all().devices.size());
  for (std::uint32_t i = 0; out != nullptr && i < std::min(*count, have); ++i)
    out[i] = reinterpret_cast<zes_device_handle_t>(all().devices[i].get());
  *count = have;
  return ZE_RESULT_SUCCESS;
}

ze_result_t sysman_device_get_properties(zes_device_handle_t given, zes_device_properties_t *out) {
  SIM_ENTER(zesDeviceGetProperties)
  if (!is_on()) return ZE_RESULT_ERROR_UNINITIALIZED;
  auto *device = reinterpret_cast<_ze_device_handle_t *>(given);
  std::memcpy(out->core.uuid.id, device->config->uuid, sizeof out->core.uuid.id);
  out->numSubdevices = static_cast<std::uint32_t>(device->tiles.size());
  return ZE_RESULT_SUCCESS;
}

ze_result_t enumerate_power(zes_device_handle_t device, uint32_t *count, zes_pwr_handle_t *out) {
  SIM_ENTER(zesDeviceEnumPowerDomains)
  return enumerate(device, count, out, {100}, false);
}

ze_result_t power_get_properties(zes_pwr_handle_t power, zes_power_properties_t *out) {
  SIM_ENTER(zesPowerGetProperties)
  tell_place(of(power), *out);
  return ZE_RESULT_SUCCESS;
}

ze_result_t power_get_energy(zes_pwr_handle_t, zes_power_energy_counter_t *out) {
  SIM_ENTER(zesPowerGetEnergyCounter)
  out->timestamp = microseconds();
  out->energy = out->timestamp * 150;  // 150 watts
  return ZE_RESULT_SUCCESS;
}

ze_result_t power_get_limits(zes_pwr_handle_t, zes_power_sustained_limit_t *out, zes_power_burst_limit_t *,
                             zes_power_peak_limit_t *) {
  SIM_ENTER(zesPowerGetLimits)
  *out = {1, 300'000, 0};
  return ZE_RESULT_SUCCESS;
}

ze_result_t enumerate_temperatures(zes_device_handle_t device, uint32_t *count, zes_temp_handle_t *out) {
  SIM_ENTER(zesDeviceEnumTemperatureSensors)
  return enumerate(device, count, out,
                   {ZES_TEMP_SENSORS_GLOBAL, ZES_TEMP_SENSORS_MEMORY, ZES_TEMP_SENSORS_GPU_MIN}, false);
}

ze_result_t temperature_get_properties(zes_temp_handle_t sensor, zes_temp_properties_t *out) {
  SIM_ENTER(zesTemperatureGetProperties)
  out->type = static_cast<zes_temp_sensors_t>(of(sensor).kind);
  tell_place(of(sensor), *out);
  return ZE_RESULT_SUCCESS;
}

ze_result_t temperature_get_state(zes_temp_handle_t sensor, double *out) {
  SIM_ENTER(zesTemperatureGetState)
  const std::uint32_t kind = of(sensor).kind;
  *out = kind == ZES_TEMP_SENSORS_MEMORY ? 61.5 : kind == ZES_TEMP_SENSORS_GLOBAL ? 48 : 99;
  return ZE_RESULT_SUCCESS;
}

ze_result_t enumerate_frequencies(zes_device_handle_t device, uint32_t *count, zes_freq_handle_t *out) {
  SIM_ENTER(zesDeviceEnumFrequencyDomains)
  return enumerate(device, count, out, {ZES_FREQ_DOMAIN_GPU, ZES_FREQ_DOMAIN_MEMORY}, false);
}

ze_result_t frequency_get_properties(zes_freq_handle_t domain, zes_freq_properties_t *out) {
  SIM_ENTER(zesFrequencyGetProperties)
  out->type = static_cast<zes_freq_domain_t>(of(domain).kind);
  tell_place(of(domain), *out);
  return ZE_RESULT_SUCCESS;
}

ze_result_t frequency_get_state(zes_freq_handle_t domain, zes_freq_state_t *out) {
  SIM_ENTER(zesFrequencyGetState)
  // The memory's clock is not known.
  out->actual = of(domain).kind == ZES_FREQ_DOMAIN_GPU ? 1550 : -1;
  return ZE_RESULT_SUCCESS;
}

ze_result_t enumerate_engines(zes_device_handle_t device, uint32_t *count, zes_engine_handle_t *out) {
  SIM_ENTER(zesDeviceEnumEngineGroups)
  return enumerate(device, count, out, {ZES_ENGINE_GROUP_COMPUTE_ALL, ZES_ENGINE_GROUP_COPY_ALL}, true);
}

ze_result_t engine_get_properties(zes_engine_handle_t engine, zes_engine_properties_t *out) {
  SIM_ENTER(zesEngineGetProperties)
  out->type = static_cast<zes_engine_group_t>(of(engine).kind);
  tell_place(of(engine), *out);
  return ZE_RESULT_SUCCESS;
}

ze_result_t engine_get_activity(zes_engine_handle_t engine, zes_engine_stats_t *out) {
  SIM_ENTER(zesEngineGetActivity)
  out->timestamp = microseconds();
  out->activeTime = of(engine).kind == ZES_ENGINE_GROUP_COMPUTE_ALL ? out->timestamp / 4 : 0;  // a quarter
  return ZE_RESULT_SUCCESS;
}

ze_result_t enumerate_memories(zes_device_handle_t device, uint32_t *count, zes_mem_handle_t *out) {
  SIM_ENTER(zesDeviceEnumMemoryModules)
  return enumerate(device, count, out, {200}, true);
}

ze_result_t memory_get_properties(zes_mem_handle_t module, zes_mem_properties_t *out) {
  SIM_ENTER(zesMemoryGetProperties)
  out->location = ZES_MEM_LOC_DEVICE;
  tell_place(of(module), *out);
  return ZE_RESULT_SUCCESS;
}

ze_result_t memory_get_state(zes_mem_handle_t module, zes_mem_state_t *out) {
  SIM_ENTER(zesMemoryGetState)
  const guard lock(all().mutex);
  const _ze_device_handle_t &device = *of(module).device;
  const std::uint64_t parts = std::max<std::uint64_t>(device.tiles.size(), 1);
  out->size = device.config->memory / parts;
  out->free = out->size - std::min(device.used / parts, out->size);
  return ZE_RESULT_SUCCESS;
}

ze_result_t memory_get_bandwidth(zes_mem_handle_t, zes_mem_bandwidth_t *out) {
  SIM_ENTER(zesMemoryGetBandwidth)
  out->timestamp = microseconds();
  out->maxBandwidth = 400'000'000'000;
  out->readCounter = out->timestamp * 30'000;  // 30 and 10 GB/s of 400
  out->writeCounter = out->timestamp * 10'000;
  return ZE_RESULT_SUCCESS;
}

}  // namespace entries
}  // namespace sim
