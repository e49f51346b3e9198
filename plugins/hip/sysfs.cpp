#include "plugins/hip/sysfs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace hal::plugins::hip::sysfs {
namespace {

namespace fs = std::filesystem;

std::string root() {
  const char *given = ::secure_getenv("HAL_HIP_SYSFS");
  return given == nullptr || *given == '\0' ? "/sys" : given;
}

std::optional<std::uint64_t> parse(const std::string &text) {
  const bool hexadecimal = text.starts_with("0x");
  const char *begin = text.c_str() + (hexadecimal ? 2 : 0);
  char *end = nullptr;
  const std::uint64_t value = std::strtoull(begin, &end, hexadecimal ? 16 : 10);
  if (end == begin || *begin == '-') return std::nullopt;
  return value;
}

// The folder of the device's sensors: the number in its name is any.
std::string sensors_of(const std::string &folder) {
  std::error_code none;
  for (fs::directory_iterator at(folder + "/hwmon", none), end; !none && at != end; at.increment(none)) {
    if (at->path().filename().string().starts_with("hwmon")) return at->path().string();
  }
  return {};
}

// The line of a table of clocks that is marked as the present one: "1: 1700Mhz *".
std::optional<std::uint64_t> marked_clock(const std::string &folder, const char *file) {
  std::ifstream in(folder + "/" + file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.find('*') == std::string::npos) continue;
    std::string value = line.substr(colon + 1);
    value.erase(0, value.find_first_not_of(' '));
    const auto megahertz = parse(value);
    if (megahertz) return *megahertz * 1'000'000;
  }
  return std::nullopt;
}

// The clock with that label among the sensors, else the marked one of the table.
std::optional<std::uint64_t> clock_of(const std::string &folder, const std::string &sensors,
                                      std::string_view label, const char *table) {
  for (int i = 1; i <= 4 && !sensors.empty(); ++i) {
    if (text(sensors, fmt::format("freq{}_label", i)) == label) {
      if (const auto hertz = number(sensors, fmt::format("freq{}_input", i))) return hertz;
    }
  }
  return marked_clock(folder, table);
}

// The hottest of the sensors, or of those with that label; those below freezing are told as negative numbers.
std::optional<double> temperature_of(const std::string &sensors, std::string_view label = {}) {
  std::optional<double> hottest;
  for (int i = 1; i <= 8; ++i) {
    if (!label.empty() && text(sensors, fmt::format("temp{}_label", i)) != label) continue;
    const auto told = text(sensors, fmt::format("temp{}_input", i));
    if (!told) continue;
    char *end = nullptr;
    const double degrees = std::strtod(told->c_str(), &end) / 1000;
    if (end != told->c_str()) hottest = std::max(hottest.value_or(degrees), degrees);
  }
  return hottest;
}

template <typename Value, typename Field>
void add(hal_metrics &out, std::uint64_t bit, Field &field, const std::optional<Value> &value,
         double unit = 1) {
  if (!value) return;
  if constexpr (std::is_floating_point_v<Field>) {
    field = static_cast<double>(*value) * unit;
  } else {
    field = *value;
  }
  out.valid |= bit;
}

std::optional<double> percent(const std::string &folder, const char *file) {
  const auto value = number(folder, file);
  if (!value) return std::nullopt;
  return static_cast<double>(std::min<std::uint64_t>(*value, 100)) / 100;
}

}  // namespace

std::string folder_of(const hal_device_identity &identity) {
  if ((identity.valid & HAL_IDENTITY_PCI) == 0) return {};
  return fmt::format("{}/bus/pci/devices/{:04x}:{:02x}:{:02x}.{:x}", root(), identity.pci_domain,
                     identity.pci_bus, identity.pci_device, identity.pci_function);
}

bool is_there(const std::string &folder) noexcept {
  return !folder.empty() && ::access(folder.c_str(), R_OK | X_OK) == 0;
}

bool is_asleep(const std::string &folder) {
  const auto status = text(folder, "power/runtime_status");
  return status == "suspended" || status == "suspending";
}

std::optional<std::string> text(const std::string &folder, const std::string &file) {
  std::ifstream in(folder + "/" + file);
  std::string line;
  if (!in || !std::getline(in, line)) return std::nullopt;
  line.erase(line.find_last_not_of(" \t\r\n") + 1);
  if (line.empty()) return std::nullopt;
  return line;
}

std::optional<std::uint64_t> number(const std::string &folder, const std::string &file) {
  const auto line = text(folder, file);
  return line ? parse(*line) : std::nullopt;
}

std::optional<error_counts> errors_of(const std::string &folder) {
  std::optional<error_counts> sum;
  std::error_code none;
  for (fs::directory_iterator at(folder + "/ras", none), end; !none && at != end; at.increment(none)) {
    if (!at->path().filename().string().ends_with("_err_count")) continue;
    std::ifstream in(at->path());
    std::string name;
    std::uint64_t count = 0;
    while (in >> name >> count) {
      if (!sum) sum = error_counts{};
      if (name == "ue:") sum->uncorrectable += count;
      if (name == "ce:") sum->correctable += count;
    }
  }
  return sum;
}

void read(const std::string &folder, bool is_partition, hal_metrics &out) {
  if (!is_there(folder) || is_asleep(folder)) return;
  const std::string sensors = sensors_of(folder);
  add(out, HAL_METRIC_TEMPERATURE, out.temperature, temperature_of(sensors));
  add(out, HAL_METRIC_MEMORY_TEMPERATURE, out.memory_temperature, temperature_of(sensors, "mem"));
  add(out, HAL_METRIC_COMPUTE_CLOCK, out.compute_clock, clock_of(folder, sensors, "sclk", "pp_dpm_sclk"));
  add(out, HAL_METRIC_MEMORY_CLOCK, out.memory_clock, clock_of(folder, sensors, "mclk", "pp_dpm_mclk"));
  if (is_partition) return;
  add(out, HAL_METRIC_UTILIZATION, out.utilization, percent(folder, "gpu_busy_percent"));
  add(out, HAL_METRIC_MEMORY_UTILIZATION, out.memory_utilization, percent(folder, "mem_busy_percent"));
  add(out, HAL_METRIC_MEMORY_TOTAL, out.memory_total, number(folder, "mem_info_vram_total"));
  add(out, HAL_METRIC_MEMORY_USED, out.memory_used, number(folder, "mem_info_vram_used"));
  constexpr double micro = 1e-6;
  // Newer firmware tells the present power, older the average over a short time.
  const auto average = number(sensors, "power1_average");
  add(out, HAL_METRIC_POWER, out.power, average ? average : number(sensors, "power1_input"), micro);
  add(out, HAL_METRIC_POWER_LIMIT, out.power_limit, number(sensors, "power1_cap"), micro);
  if (const auto errors = errors_of(folder)) {
    out.ecc_corrected = errors->correctable;
    out.ecc_uncorrected = errors->uncorrectable;
    out.valid |= HAL_METRIC_ECC_ERRORS;
  }
}

}  // namespace hal::plugins::hip::sysfs
