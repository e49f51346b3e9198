#include "plugins/cuda/metrics.hpp"

#include <fmt/format.h>

#include <ctime>
#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/cuda/describe.hpp"
#include "plugins/cuda/nvml.hpp"
#include "plugins/cuda/status.hpp"
#include "plugins/cuda/uuid_text.hpp"

namespace hal::plugins::cuda {
namespace {

class property_list {
 public:
  void text(std::string_view name, std::string_view value) {
    hal_property &made = add(name, HAL_PROPERTY_TEXT, "");
    plugin::copy_text(made.text, value);
  }
  void number(std::string_view name, int value, const char *unit = "") {
    add(name, HAL_PROPERTY_UNSIGNED, unit).value.unsigned_value =
        value > 0 ? static_cast<unsigned>(value) : 0;
  }
  void boolean(std::string_view name, int value) {
    add(name, HAL_PROPERTY_BOOLEAN, "").value.unsigned_value = value > 0 ? 1 : 0;
  }
  std::vector<hal_property> take() { return std::move(all_); }

 private:
  hal_property &add(std::string_view name, hal_property_type type, const char *unit) {
    hal_property &made = all_.emplace_back();
    plugin::copy_text(made.name, name);
    plugin::copy_text(made.unit, unit);
    made.type = type;
    return made;
  }
  std::vector<hal_property> all_;
};

driver::device device_of(const api &api, std::uint32_t index) {
  driver::device device = 0;
  check(api, api.device_get(&device, static_cast<int>(index)),
        fmt::format("cuDeviceGet of device {}", index));
  return device;
}

}  // namespace

std::vector<hal_property> properties(std::uint32_t index) {
  const api &api = probed(index);
  const driver::device device = device_of(api, index);
  const auto ask = [&](driver::device_attribute which) { return attribute_of(api, device, which); };
  property_list list;
  list.text("cuda.compute_capability", fmt::format("{}.{}", ask(driver::compute_capability_major),
                                                   ask(driver::compute_capability_minor)));
  list.boolean("cuda.integrated", ask(driver::integrated));
  list.number("cuda.async_engines", ask(driver::async_engine_count));
  list.number("cuda.compute_mode", ask(driver::compute_mode));
  list.boolean("cuda.kernel_time_limit", ask(driver::kernel_exec_timeout));
  list.boolean("cuda.concurrent_managed_access", ask(driver::concurrent_managed_access));
  list.boolean("cuda.pageable_memory_access", ask(driver::pageable_memory_access));
  list.number("cuda.memory_clock", ask(driver::memory_clock_rate), "kHz");
  hal_device_description facts{};
  describe(index, facts);
  if ((facts.identity.valid & HAL_IDENTITY_PARTITION) != 0) {
    driver::uuid parent{};
    check(api, api.device_get_uuid(&parent, device), "cuDeviceGetUuid");
    list.text("cuda.mig_parent", uuid_text("GPU-", parent.bytes));
  }
  // What the topology of any plugin's devices is made of (docs/topology.md).
  if (const auto number = nvml::minor_number(facts.identity))
    list.text("device_file.0", fmt::format("/dev/nvidia{}", *number));
  std::uint32_t place = 0;
  for (const nvml::link &one : nvml::links(facts.identity)) {
    list.text(fmt::format("link.{}.peer", place), one.peer);
    list.text(fmt::format("link.{}.kind", place), "nvlink");
    list.number(fmt::format("link.{}.count", place++), static_cast<int>(one.count));
  }
  return list.take();
}

void metrics(std::uint32_t index, hal_metrics &out) {
  probed(index);
  if (!nvml::is_there()) {
    throw plugin::failure(HAL_STATUS_UNSUPPORTED,
                          "Live figures need NVIDIA's management library, and libnvidia-ml.so.1 cannot be "
                          "loaded; it comes with the driver.");
  }
  hal_device_description facts{};
  describe(index, facts);
  nvml::read(facts.identity, out);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  out.timestamp =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace hal::plugins::cuda
