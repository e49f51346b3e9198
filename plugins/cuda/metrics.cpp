#include "plugins/cuda/metrics.hpp"

#include <fmt/format.h>

#include <ctime>
#include <string_view>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/property_list.hpp"
#include "plugins/cuda/describe.hpp"
#include "plugins/cuda/nvml.hpp"
#include "plugins/cuda/status.hpp"
#include "plugins/cuda/uuid_text.hpp"

namespace hal::plugins::cuda {
namespace {

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
  plugin::property_list list("cuda");
  list.text("compute_capability", fmt::format("{}.{}", ask(driver::compute_capability_major),
                                              ask(driver::compute_capability_minor)));
  list.boolean("integrated", ask(driver::integrated) > 0);
  list.number("async_engines", ask(driver::async_engine_count));
  list.number("compute_mode", ask(driver::compute_mode));
  list.boolean("kernel_time_limit", ask(driver::kernel_exec_timeout) > 0);
  list.boolean("concurrent_managed_access", ask(driver::concurrent_managed_access) > 0);
  list.boolean("pageable_memory_access", ask(driver::pageable_memory_access) > 0);
  list.number("memory_clock", ask(driver::memory_clock_rate), "kHz");
  hal_device_description facts{};
  describe(index, facts);
  if ((facts.identity.valid & HAL_IDENTITY_PARTITION) != 0) {
    driver::uuid parent{};
    check(api, api.device_get_uuid(&parent, device), "cuDeviceGetUuid");
    list.text("mig_parent", uuid_text("GPU-", parent.bytes));
  }
  // What the topology of any plugin's devices is made of (docs/topology.md).
  plugin::property_list topology("");
  if (const auto number = nvml::minor_number(facts.identity))
    topology.text("device_file.0", fmt::format("/dev/nvidia{}", *number));
  std::uint32_t place = 0;
  for (const nvml::link &one : nvml::links(facts.identity)) {
    topology.text(fmt::format("link.{}.peer", place).c_str(), one.peer);
    topology.text(fmt::format("link.{}.kind", place).c_str(), "nvlink");
    topology.number(fmt::format("link.{}.count", place++).c_str(), one.count);
  }
  std::vector<hal_property> all = list.take();
  for (const hal_property &one : topology.take()) all.push_back(one);
  return all;
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
