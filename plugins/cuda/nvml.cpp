#include "plugins/cuda/nvml.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "plugins/cuda/library.hpp"
#include "plugins/cuda/uuid_text.hpp"

namespace hal::plugins::cuda::nvml {
namespace {

using result = int;  // 0 is success

// Every entry may be NULL: a figure whose entry is missing is not read.
struct entries {
  explicit entries(const library &from)
      : init(find<result()>(from, "nvmlInit_v2")),
        by_uuid(find<result(const char *, device *)>(from, "nvmlDeviceGetHandleByUUID")),
        parent(find<result(device, device *)>(from, "nvmlDeviceGetDeviceHandleFromMigDeviceHandle")),
        max_instances(find<result(device, unsigned *)>(from, "nvmlDeviceGetMaxMigDeviceCount")),
        instance(find<result(device, unsigned, device *)>(from, "nvmlDeviceGetMigDeviceHandleByIndex")),
        get_uuid(find<result(device, char *, unsigned)>(from, "nvmlDeviceGetUUID")),
        rates(find<result(device, utilization *)>(from, "nvmlDeviceGetUtilizationRates")),
        memory_info(find<result(device, memory *)>(from, "nvmlDeviceGetMemoryInfo")),
        power(find<result(device, unsigned *)>(from, "nvmlDeviceGetPowerUsage")),
        power_limit(find<result(device, unsigned *)>(from, "nvmlDeviceGetEnforcedPowerLimit")),
        temperature(find<result(device, sensor, unsigned *)>(from, "nvmlDeviceGetTemperature")),
        clock_info(find<result(device, clock, unsigned *)>(from, "nvmlDeviceGetClockInfo")) {}

  template <typename Function>
  static Function *find(const library &from, const char *name) {
    return reinterpret_cast<Function *>(from.symbol(name));
  }

  result (*init)();
  result (*by_uuid)(const char *, device *);
  result (*parent)(device, device *);
  result (*max_instances)(device, unsigned *);
  result (*instance)(device, unsigned, device *);
  result (*get_uuid)(device, char *, unsigned);
  result (*rates)(device, utilization *);
  result (*memory_info)(device, memory *);
  result (*power)(device, unsigned *);
  result (*power_limit)(device, unsigned *);
  result (*temperature)(device, sensor, unsigned *);
  result (*clock_info)(device, clock, unsigned *);
};

// NULL when there is no such library. It is looked for once: what is installed later is found by the next
// process.
const entries *loaded() noexcept {
  static const entries *const found = []() -> const entries * {
    try {
      return new entries(library("libnvidia-ml.so.1", "It comes with NVIDIA's driver."));
    } catch (...) {
      return nullptr;
    }
  }();
  return found;
}

// Initialised; NULL when that fails. Never shut down: its count is the process's.
const entries *ready() noexcept {
  static const entries *const found = []() -> const entries * {
    const entries *all = loaded();
    return all != nullptr && all->init != nullptr && all->init() == 0 ? all : nullptr;
  }();
  return found;
}

template <typename Value, typename... Parameters, typename... Arguments>
std::optional<Value> ask(result (*entry)(Parameters...), Arguments... arguments) noexcept {
  Value value{};
  if (entry == nullptr || entry(arguments..., &value) != 0) return std::nullopt;
  return value;
}

std::optional<device> find_device(const entries &all, const hal_device_identity &identity) {
  if ((identity.valid & HAL_IDENTITY_UUID) == 0) return std::nullopt;
  const bool part = (identity.valid & HAL_IDENTITY_PARTITION) != 0;
  return ask<device>(all.by_uuid, uuid_text(part ? "MIG-" : "GPU-", identity.uuid).c_str());
}

double fraction(unsigned percent) {
  return std::min(percent, 100u) / 100.0;
}

}  // namespace

bool is_there() noexcept {
  return loaded() != nullptr;
}

std::uint32_t instance_number(const driver::uuid &instance) noexcept {
  const entries *all = ready();
  if (all == nullptr) return 0;
  const std::string wanted = uuid_text("MIG-", instance.bytes);
  const auto own = ask<device>(all->by_uuid, wanted.c_str());
  if (!own) return 0;
  const auto parent = ask<device>(all->parent, *own);
  if (!parent) return 0;
  const unsigned most = ask<unsigned>(all->max_instances, *parent).value_or(0);
  for (unsigned number = 0, index = 0; index < most; ++index) {
    const auto other = ask<device>(all->instance, *parent, index);
    if (!other) continue;
    char text[96] = "";
    if (all->get_uuid != nullptr && all->get_uuid(*other, text, sizeof text) == 0 && wanted == text)
      return number;
    ++number;
  }
  return 0;
}

void read(const hal_device_identity &identity, hal_metrics &out) noexcept {
  const entries *all = ready();
  if (all == nullptr) return;
  const auto found = find_device(*all, identity);
  if (!found) return;
  const device of = *found;
  if (const auto rates = ask<utilization>(all->rates, of)) {
    out.utilization = fraction(rates->gpu);
    out.memory_utilization = fraction(rates->memory);
    out.valid |= HAL_METRIC_UTILIZATION | HAL_METRIC_MEMORY_UTILIZATION;
  }
  if (const auto bytes = ask<memory>(all->memory_info, of)) {
    out.memory_used = std::min(bytes->used, bytes->total);
    out.memory_total = bytes->total;
    out.valid |= HAL_METRIC_MEMORY_USED | HAL_METRIC_MEMORY_TOTAL;
  }
  const auto add = [&out](std::optional<unsigned> value, std::uint64_t bit, auto &field, auto unit) {
    if (!value) return;
    field = static_cast<std::remove_reference_t<decltype(field)>>(*value * unit);
    out.valid |= bit;
  };
  constexpr double milli = 1e-3;
  constexpr std::uint64_t mega = 1'000'000;
  add(ask<unsigned>(all->power, of), HAL_METRIC_POWER, out.power, milli);
  add(ask<unsigned>(all->power_limit, of), HAL_METRIC_POWER_LIMIT, out.power_limit, milli);
  add(ask<unsigned>(all->temperature, of, sensor_gpu), HAL_METRIC_TEMPERATURE, out.temperature, 1.0);
  add(ask<unsigned>(all->clock_info, of, clock_graphics), HAL_METRIC_COMPUTE_CLOCK, out.compute_clock, mega);
  add(ask<unsigned>(all->clock_info, of, clock_memory), HAL_METRIC_MEMORY_CLOCK, out.memory_clock, mega);
}

}  // namespace hal::plugins::cuda::nvml
