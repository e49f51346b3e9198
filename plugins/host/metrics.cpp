#include "plugins/host/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/host/clock.hpp"
#include "plugins/host/system_memory.hpp"

namespace hal::plugins::host {
namespace {

constexpr int most_clocks = 64;

std::optional<std::int64_t> signed_number(std::optional<std::string> text) {
  if (!text) return {};
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || stop != text->data() + text->size()) return {};
  return value;
}

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool is_processor_sensor(std::string_view type) {
  for (const char *known : {"x86_pkg_temp", "coretemp", "k10temp", "zenpower", "cpu", "soc"}) {
    if (begins_with(type, known)) return true;
  }
  return false;
}

// Degrees Celsius of the hottest sensor of the processor.
std::optional<double> read_temperature(const file_tree &files) {
  std::optional<std::int64_t> hottest;
  const auto consider = [&](const std::string &path) {
    const auto value = signed_number(files.text(path, 32));
    if (value && (!hottest || *value > *hottest)) hottest = value;
  };
  for (const std::string &zone : files.names("/sys/class/thermal")) {
    const std::string folder = "/sys/class/thermal/" + zone;
    if (begins_with(zone, "thermal_zone") &&
        is_processor_sensor(files.text(folder + "/type", 64).value_or(std::string())))
      consider(folder + "/temp");
  }
  for (const std::string &chip : files.names("/sys/class/hwmon")) {
    const std::string folder = "/sys/class/hwmon/" + chip;
    if (!is_processor_sensor(files.text(folder + "/name", 64).value_or(std::string()))) continue;
    for (const std::string &entry : files.names(folder)) {
      if (begins_with(entry, "temp") && entry.size() > 6 && entry.substr(entry.size() - 6) == "_input")
        consider(folder + "/" + entry);
    }
  }
  return hottest ? std::optional(static_cast<double>(*hottest) / 1000.0) : std::nullopt;
}

// Hertz, the mean of the clock domains.
std::optional<std::uint64_t> read_clock(const file_tree &files) {
  std::uint64_t sum = 0, count = 0;
  for (int index = 0; index < most_clocks; ++index) {
    const auto kilohertz =
        files.number("/sys/devices/system/cpu/cpufreq/policy" + std::to_string(index) + "/scaling_cur_freq");
    if (!kilohertz) continue;
    sum += *kilohertz * 1000;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

// The sum of a figure over the processor packages; nothing unless every package tells it.
std::optional<std::uint64_t> sum_of_packages(const file_tree &files, const char *entry) {
  std::optional<std::uint64_t> sum;
  for (const std::string &domain : files.names("/sys/class/powercap")) {
    const std::string folder = "/sys/class/powercap/" + domain;
    if (!begins_with(domain, "intel-rapl:") ||
        !begins_with(files.text(folder + "/name", 64).value_or(std::string()), "package"))
      continue;
    const auto value = files.number(folder + entry);
    if (!value) return {};
    sum = sum.value_or(0) + *value;
  }
  return sum;
}

}  // namespace

machine_counters read_counters(const file_tree &files) {
  machine_counters counters;
  counters.time = now();
  if (const auto text = files.text("/proc/stat", 512)) {
    const auto line = value_of(*text, "cpu");
    // user nice system idle iowait irq softirq steal; guest time is in user already
    std::string_view rest = line.value_or(std::string_view());
    for (int column = 0; column < 8 && !rest.empty(); ++column) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::uint64_t ticks = parse_number(rest.substr(0, end)).value_or(0);
      counters.total += ticks;
      if (column != 3 && column != 4) counters.busy += ticks;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (const auto energy = sum_of_packages(files, "/energy_uj")) {
    counters.energy = *energy;
    counters.has_energy = true;
  }
  return counters;
}

void read_levels(const file_tree &files, hal_metrics &out) {
  try {
    const system_memory memory = read_system_memory(files);
    out.memory_total = memory.total;
    out.memory_used = memory.total - memory.available;
    out.valid |= HAL_METRIC_MEMORY_TOTAL | HAL_METRIC_MEMORY_USED;
  } catch (const plugin::failure &) {
    // A figure that cannot be read is a bit that is not set.
  }
  if (const auto temperature = read_temperature(files)) {
    out.temperature = *temperature;
    out.valid |= HAL_METRIC_TEMPERATURE;
  }
  if (const auto clock = read_clock(files)) {
    out.compute_clock = *clock;
    out.valid |= HAL_METRIC_COMPUTE_CLOCK;
  }
  if (const auto limit = sum_of_packages(files, "/constraint_0_power_limit_uw")) {
    out.power_limit = static_cast<double>(*limit) / 1e6;
    out.valid |= HAL_METRIC_POWER_LIMIT;
  }
}

void fill_rates(const machine_counters &before, const machine_counters &after, hal_metrics &out) {
  if (before.time == 0 || after.time <= before.time) return;
  if (after.total > before.total && after.busy >= before.busy) {
    out.utilization = std::min(
        1.0, static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total));
    out.valid |= HAL_METRIC_UTILIZATION;
  }
  // The counter starts again at 0 after some minutes to hours; that one reading is left out.
  if (before.has_energy && after.has_energy && after.energy >= before.energy) {
    out.power = static_cast<double>(after.energy - before.energy) * 1e3 /
                static_cast<double>(after.time - before.time);
    out.valid |= HAL_METRIC_POWER;
  }
}

}  // namespace hal::plugins::host
