#include "plugins/level_zero/sysman.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace hal::plugins::level_zero::sysman {
namespace {

namespace vendor = driver::sysman;
using driver::ZE_RESULT_SUCCESS;

bool enabled_by_environment() noexcept {
  const char *given = std::getenv("ZES_ENABLE_SYSMAN");
  return given != nullptr && std::strcmp(given, "1") == 0;
}

// Sysman's device with the UUID of a device of the core.
vendor::device find_by_uuid(const api &api, driver::device whole) {
  driver::device_properties wanted{};
  wanted.type = driver::device_properties_type;
  if (api.device_get_properties(whole, &wanted) != ZE_RESULT_SUCCESS) return nullptr;
  for (const vendor::driver_handle owner : list_of(vendor::driver_handle{}, [&](auto *count, auto *all) {
         return api.sysman_driver_get(count, all);
       })) {
    for (const vendor::device one : list_of(vendor::device{}, [&](auto *count, auto *all) {
           return api.sysman_device_get(owner, count, all);
         })) {
      vendor::device_properties known{};
      known.type = vendor::device_properties_type;
      known.core.type = driver::device_properties_type;
      if (api.sysman_device_get_properties(one, &known) == ZE_RESULT_SUCCESS &&
          std::equal(std::begin(known.core.uuid), std::end(known.core.uuid), std::begin(wanted.uuid)))
        return one;
    }
  }
  return nullptr;
}

// NULL when Sysman does not know it or does not work.
vendor::device find(const api &api, const found_device &of) noexcept {
  const driver::device whole = of.whole != nullptr ? of.whole : of.native;
  if (api.has_own_sysman()) {
    try {
      if (api.sysman_init(0) == ZE_RESULT_SUCCESS) {
        if (const vendor::device found = find_by_uuid(api, whole)) return found;
      }
    } catch (...) {
      return nullptr;
    }
  }
  return enabled_by_environment() ? reinterpret_cast<vendor::device>(whole) : nullptr;
}

// One kind of sensor: handles, their properties, and those that belong to the device: a part's are the ones
// on it, the whole's those on no part, or all where each part has its own.
template <typename Handle, typename Properties>
struct sensors {
  std::vector<std::pair<Handle, Properties>> of;

  template <typename Enumerate, typename Ask>
  sensors(vendor::device device, const found_device &found, Enumerate enumerate, Ask ask,
          vendor::structure_type type) {
    if (enumerate == nullptr || ask == nullptr) return;
    std::vector<std::pair<Handle, Properties>> all;
    for (const Handle handle :
         list_of(Handle{}, [&](auto *count, auto *handles) { return enumerate(device, count, handles); })) {
      Properties properties{};
      properties.type = type;
      if (ask(handle, &properties) == ZE_RESULT_SUCCESS) all.emplace_back(handle, properties);
    }
    for (const auto &one : all) {
      const bool on_part = one.second.on_part != 0;
      if (found.whole != nullptr ? on_part && one.second.part == found.part : !on_part) of.push_back(one);
    }
    if (of.empty() && found.whole == nullptr) of = all;
  }
};

// A counter and the clock that it runs against, both since the driver's start.
struct sample {
  std::uint64_t count = 0;
  std::uint64_t microseconds = 0;
};

// What grew per microsecond between two samples; nothing when the clock stood still or something ran back.
std::optional<double> rate(const sample &before, const sample &now) {
  if (now.microseconds <= before.microseconds || now.count < before.count) return std::nullopt;
  return static_cast<double>(now.count - before.count) /
         static_cast<double>(now.microseconds - before.microseconds);
}

struct counters {
  std::optional<sample> energy, activity, traffic;
  std::chrono::steady_clock::time_point taken;
};

struct reader {
  const api &entries;
  const found_device &of;
  vendor::device device;

  auto powers() const {
    return sensors<vendor::power, vendor::power_properties>(device, of, entries.enumerate_power,
                                                            entries.power_get_properties,
                                                            vendor::power_properties_type)
        .of;
  }
  auto engines() const {
    return sensors<vendor::engine, vendor::engine_properties>(device, of, entries.enumerate_engines,
                                                              entries.engine_get_properties,
                                                              vendor::engine_properties_type)
        .of;
  }
  auto memories() const {
    auto all = sensors<vendor::memory, vendor::memory_properties>(device, of, entries.enumerate_memories,
                                                                  entries.memory_get_properties,
                                                                  vendor::memory_properties_type)
                   .of;
    std::erase_if(all, [](const auto &one) { return one.second.location != vendor::location_device; });
    return all;
  }

  counters take() const {
    counters now;
    now.taken = std::chrono::steady_clock::now();
    const auto add = [](std::optional<sample> &to, std::uint64_t count, std::uint64_t when) {
      if (!to) to = sample{};
      to->count += count;
      to->microseconds = std::max(to->microseconds, when);
    };
    for (const auto &[handle, properties] : powers()) {
      vendor::energy_counter read{};
      if (entries.power_get_energy != nullptr && entries.power_get_energy(handle, &read) == ZE_RESULT_SUCCESS)
        add(now.energy, read.energy, read.timestamp);
    }
    for (const auto &[handle, properties] : engines()) {
      // All compute engines together are the device's utilisation.
      vendor::engine_activity read{};
      if (properties.kind == vendor::engines_compute_all && entries.engine_get_activity != nullptr &&
          !now.activity && entries.engine_get_activity(handle, &read) == ZE_RESULT_SUCCESS)
        add(now.activity, read.active, read.timestamp);
    }
    for (const auto &[handle, properties] : memories()) {
      vendor::memory_bandwidth read{};
      if (entries.memory_get_bandwidth != nullptr &&
          entries.memory_get_bandwidth(handle, &read) == ZE_RESULT_SUCCESS)
        add(now.traffic, read.read + read.written, read.timestamp);
    }
    return now;
  }
};

// The last reading of each device.
struct history {
  std::mutex mutex;
  std::map<driver::device, counters> last;
};

void add_means(const reader &from, hal_metrics &out) {
  constexpr std::chrono::milliseconds shortest{5};
  constexpr std::chrono::seconds oldest{60};
  static auto &kept = *new history;
  counters before;
  bool known = false;
  {
    const std::lock_guard lock(kept.mutex);
    const auto found = kept.last.find(from.of.native);
    known = found != kept.last.end();
    if (known) before = found->second;
  }
  counters now = from.take();
  if (!known || now.taken - before.taken > oldest) before = now;
  if (now.taken - before.taken < shortest) {
    std::this_thread::sleep_for(shortest);
    now = from.take();
  }
  {
    const std::lock_guard lock(kept.mutex);
    kept.last[from.of.native] = now;
  }
  if (before.energy && now.energy) {
    // Microjoules in a microsecond are watts.
    if (const auto watts = rate(*before.energy, *now.energy)) {
      out.power = *watts;
      out.valid |= HAL_METRIC_POWER;
    }
  }
  if (before.activity && now.activity) {
    if (const auto busy = rate(*before.activity, *now.activity)) {
      out.utilization = std::min(*busy, 1.0);
      out.valid |= HAL_METRIC_UTILIZATION;
    }
  }
  const std::uint64_t most = max_bandwidth(from.entries, from.of);
  if (before.traffic && now.traffic && most != 0) {
    if (const auto bytes = rate(*before.traffic, *now.traffic)) {
      out.memory_utilization = std::min(*bytes * 1e6 / static_cast<double>(most), 1.0);
      out.valid |= HAL_METRIC_MEMORY_UTILIZATION;
    }
  }
}

void add_power_limit(const reader &from, hal_metrics &out) {
  if (from.entries.power_get_limits == nullptr) return;
  for (const auto &[handle, properties] : from.powers()) {
    vendor::sustained_limit limit{};
    if (from.entries.power_get_limits(handle, &limit, nullptr, nullptr) != ZE_RESULT_SUCCESS ||
        limit.enabled == 0 || limit.power <= 0)
      continue;
    out.power_limit += limit.power * 1e-3;
    out.valid |= HAL_METRIC_POWER_LIMIT;
  }
}

void add_temperature(const reader &from, hal_metrics &out) {
  const sensors<vendor::temperature, vendor::temperature_properties> all(
      from.device, from.of, from.entries.enumerate_temperatures, from.entries.temperature_get_properties,
      vendor::temperature_properties_type);
  for (const auto &[handle, properties] : all.of) {
    double degrees = 0;
    if (properties.kind > vendor::sensor_memory || from.entries.temperature_get_state == nullptr ||
        from.entries.temperature_get_state(handle, &degrees) != ZE_RESULT_SUCCESS)
      continue;
    const bool first = (out.valid & HAL_METRIC_TEMPERATURE) == 0;
    out.temperature = first ? degrees : std::max(out.temperature, degrees);
    out.valid |= HAL_METRIC_TEMPERATURE;
  }
}

void add_clocks(const reader &from, hal_metrics &out) {
  const sensors<vendor::frequency, vendor::frequency_properties> all(
      from.device, from.of, from.entries.enumerate_frequencies, from.entries.frequency_get_properties,
      vendor::frequency_properties_type);
  for (const auto &[handle, properties] : all.of) {
    vendor::frequency_state state{};
    state.type = vendor::frequency_state_type;
    // A negative frequency is one that is not known.
    if (from.entries.frequency_get_state == nullptr ||
        from.entries.frequency_get_state(handle, &state) != ZE_RESULT_SUCCESS || state.actual < 0)
      continue;
    const auto hertz = static_cast<std::uint64_t>(state.actual * 1e6);
    if (properties.kind == vendor::domain_gpu) {
      out.compute_clock = std::max(out.compute_clock, hertz);
      out.valid |= HAL_METRIC_COMPUTE_CLOCK;
    } else if (properties.kind == vendor::domain_memory) {
      out.memory_clock = std::max(out.memory_clock, hertz);
      out.valid |= HAL_METRIC_MEMORY_CLOCK;
    }
  }
}

}  // namespace

bool is_there(const api &api, const found_device &of) noexcept {
  const vendor::device device = find(api, of);
  if (device == nullptr || api.sysman_device_get_properties == nullptr) return false;
  vendor::device_properties known{};
  known.type = vendor::device_properties_type;
  known.core.type = driver::device_properties_type;
  return api.sysman_device_get_properties(device, &known) == ZE_RESULT_SUCCESS;
}

std::uint64_t max_bandwidth(const api &api, const found_device &of) noexcept {
  const vendor::device device = find(api, of);
  if (device == nullptr || api.memory_get_bandwidth == nullptr) return 0;
  std::uint64_t sum = 0;
  for (const auto &[handle, properties] : reader{api, of, device}.memories()) {
    vendor::memory_bandwidth read{};
    if (api.memory_get_bandwidth(handle, &read) == ZE_RESULT_SUCCESS) sum += read.max_bandwidth;
  }
  return sum;
}

bool memory_state(const api &api, const found_device &of, std::uint64_t &free,
                  std::uint64_t &total) noexcept {
  const vendor::device device = find(api, of);
  if (device == nullptr || api.memory_get_state == nullptr) return false;
  std::uint64_t all_free = 0;
  std::uint64_t all = 0;
  for (const auto &[handle, properties] : reader{api, of, device}.memories()) {
    vendor::memory_state state{};
    state.type = vendor::memory_state_type;
    if (api.memory_get_state(handle, &state) != ZE_RESULT_SUCCESS) return false;
    all_free += std::min(state.free, state.size);
    all += state.size;
  }
  if (all == 0) return false;
  free = all_free;
  total = all;
  return true;
}

void read(const api &api, const found_device &of, hal_metrics &out) {
  const vendor::device device = find(api, of);
  if (device == nullptr) return;
  const reader from{api, of, device};
  add_means(from, out);
  add_power_limit(from, out);
  add_temperature(from, out);
  add_clocks(from, out);
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  if (memory_state(api, of, free, total)) {
    out.memory_total = total;
    out.memory_used = total - free;
    out.valid |= HAL_METRIC_MEMORY_TOTAL | HAL_METRIC_MEMORY_USED;
  }
}

}  // namespace hal::plugins::level_zero::sysman
