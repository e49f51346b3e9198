// read of nvml.hpp: the live figures.
#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <type_traits>

#include "plugins/cuda/nvml.hpp"

namespace hal::plugins::cuda::nvml {
namespace {

double fraction(unsigned percent) {
  return std::min(percent, 100u) / 100.0;
}

void read_levels(const entries &all, device of, hal_metrics &out) {
  if (const auto rates = ask<utilization>(all.rates, of)) {
    out.utilization = fraction(rates->gpu);
    out.memory_utilization = fraction(rates->memory);
    out.valid |= HAL_METRIC_UTILIZATION | HAL_METRIC_MEMORY_UTILIZATION;
  }
  if (const auto bytes = ask<memory>(all.memory_info, of)) {
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
  add(ask<unsigned>(all.power, of), HAL_METRIC_POWER, out.power, milli);
  add(ask<unsigned>(all.power_limit, of), HAL_METRIC_POWER_LIMIT, out.power_limit, milli);
  add(ask<unsigned>(all.temperature, of, sensor_gpu), HAL_METRIC_TEMPERATURE, out.temperature, 1.0);
  add(ask<unsigned>(all.clock_info, of, clock_graphics), HAL_METRIC_COMPUTE_CLOCK, out.compute_clock, mega);
  add(ask<unsigned>(all.clock_info, of, clock_memory), HAL_METRIC_MEMORY_CLOCK, out.memory_clock, mega);
}

std::optional<std::uint64_t> number_of(const field_value &one) {
  if (one.result != 0) return std::nullopt;
  if (one.type == type_unsigned) return one.value.number;
  if (one.type == type_unsigned_long || one.type == type_unsigned_large) return one.value.large;
  return std::nullopt;
}

void read_fields(const entries &all, device of, hal_metrics &out) {
  if (all.field_values == nullptr) return;
  field_value asked[3] = {};
  asked[0].field = field_memory_temperature;
  asked[1].field = field_link_sent;
  asked[2].field = field_link_received;
  asked[1].scope = asked[2].scope = scope_all_links;
  if (all.field_values(of, 3, asked) != 0) return;
  if (const auto degrees = number_of(asked[0])) {
    out.memory_temperature = static_cast<double>(*degrees);
    out.valid |= HAL_METRIC_MEMORY_TEMPERATURE;
  }
  const auto sent = number_of(asked[1]);
  const auto received = number_of(asked[2]);
  if (!sent || !received) return;
  constexpr std::uint64_t kibi = 1024;
  out.link_sent = *sent * kibi;
  out.link_received = *received * kibi;
  out.valid |= HAL_METRIC_LINK_BYTES;
}

std::uint64_t throttle_of(unsigned long long reasons) {
  constexpr struct {
    unsigned long long reasons;
    std::uint64_t bit;
  } table[] = {
      {throttle_idle, HAL_THROTTLE_IDLE},
      {throttle_application_clocks | throttle_display_clocks, HAL_THROTTLE_SETTING},
      {throttle_software_power | throttle_power_brake, HAL_THROTTLE_POWER},
      {throttle_software_thermal | throttle_hardware_thermal, HAL_THROTTLE_TEMPERATURE},
      {throttle_hardware, HAL_THROTTLE_HARDWARE},
      {~0ull << 9 | throttle_sync_boost, HAL_THROTTLE_OTHER},
  };
  std::uint64_t bits = 0;
  for (const auto &row : table) bits |= (reasons & row.reasons) != 0 ? row.bit : 0;
  return bits;
}

void read_health(const entries &all, device of, hal_metrics &out) {
  if (const auto reasons = ask<unsigned long long>(all.throttle_reasons, of)) {
    out.throttle = throttle_of(*reasons);
    out.valid |= HAL_METRIC_THROTTLE;
  }
  const auto corrected = ask<unsigned long long>(all.ecc_errors, of, error_corrected, ecc_volatile);
  const auto uncorrected = ask<unsigned long long>(all.ecc_errors, of, error_uncorrected, ecc_volatile);
  if (corrected && uncorrected) {
    out.ecc_corrected = *corrected;
    out.ecc_uncorrected = *uncorrected;
    out.valid |= HAL_METRIC_ECC_ERRORS;
  }
  // Each of these counts for 20 ms.
  const auto sent = ask<unsigned>(all.pcie_throughput, of, pcie_sent);
  const auto received = sent ? ask<unsigned>(all.pcie_throughput, of, pcie_received) : std::nullopt;
  if (sent && received) {
    constexpr std::uint64_t kilo = 1000;
    out.bus_sent = *sent * kilo;
    out.bus_received = *received * kilo;
    out.valid |= HAL_METRIC_BUS_RATES;
  }
}

// Xid errors come as events, to whoever registered before: each device is registered at its first reading.
class fault_log {
 public:
  void read(const entries &all, device of, hal_metrics &out) {
    if (all.event_set_create == nullptr || all.register_events == nullptr || all.event_set_wait == nullptr)
      return;
    const std::lock_guard lock(mutex_);
    if (set_ == nullptr && all.event_set_create(&set_) != 0) {
      set_ = nullptr;
      return;
    }
    const auto [known, fresh] = devices_.try_emplace(of);
    if (fresh) known->second.watched = all.register_events(of, event_xid, set_) == 0;
    drain(all);
    if (!known->second.watched) return;
    out.faults = known->second.count;
    out.last_fault = known->second.last;
    out.valid |= HAL_METRIC_FAULTS;
  }

 private:
  struct faults {
    bool watched = false;
    std::uint64_t count = 0, last = 0;
  };

  void drain(const entries &all) {
    // So many at once are a storm; the next reading goes on.
    for (int i = 0; i < 1000; ++i) {
      event_data told{};
      if (all.event_set_wait(set_, &told, 0) != 0) return;
      const auto found = devices_.find(told.device);
      if ((told.type & event_xid) == 0 || found == devices_.end()) continue;
      ++found->second.count;
      found->second.last = told.data;
    }
  }

  std::mutex mutex_;
  event_set set_ = nullptr;
  std::map<device, faults> devices_;
};

}  // namespace

void read(const hal_device_identity &identity, hal_metrics &out) noexcept {
  const entries *all = ready();
  if (all == nullptr) return;
  try {
    const auto of = find_device(*all, identity);
    if (!of) return;
    read_levels(*all, *of, out);
    read_fields(*all, *of, out);
    read_health(*all, *of, out);
    // Never destroyed: its set is the process's.
    static auto &log = *new fault_log;
    log.read(*all, *of, out);
  } catch (...) {
    // No room: what was read until here stands.
  }
}

}  // namespace hal::plugins::cuda::nvml
