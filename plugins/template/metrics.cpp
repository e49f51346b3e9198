#include "plugins/template/metrics.hpp"

#include <ctime>

#include "hal/plugin/failure.hpp"
#include "plugins/template/plugin.hpp"
#include "plugins/template/status.hpp"

namespace template_plugin {

std::vector<hal_property> properties(std::uint32_t index) {
  const api &api = probed(index);
  vendor_device_facts facts{};
  check(api.device_describe(index, &facts), "vendor_device_describe");
  hal_property firmware{};
  hal::plugin::copy_text(firmware.name, "template.firmware");
  firmware.type = HAL_PROPERTY_TEXT;
  hal::plugin::copy_text(firmware.text, facts.firmware);
  return {firmware};
}

void metrics(std::uint32_t index, hal_metrics &out) {
  const api &api = probed(index);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  out.timestamp =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
  std::uint64_t free = 0;
  std::uint64_t total = 0;
  if (api.device_memory(index, &free, &total) == VENDOR_OK) {
    out.memory_used = total - free;
    out.memory_total = total;
    out.valid |= HAL_METRIC_MEMORY_USED | HAL_METRIC_MEMORY_TOTAL;
  }
  double watts = 0;
  if (api.device_power && api.device_power(index, &watts) == VENDOR_OK) {
    out.power = watts;
    out.valid |= HAL_METRIC_POWER;
  }
}

}  // namespace template_plugin
