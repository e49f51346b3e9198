#include "plugins/hip/metrics.hpp"

#include <fmt/format.h>

#include <ctime>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/property_list.hpp"
#include "plugins/hip/describe.hpp"
#include "plugins/hip/sysfs.hpp"

namespace hal::plugins::hip {
namespace {

// What the driver's files tell that no entry of the runtime does.
void add_driver_facts(const hal_device_identity &identity, plugin::property_list &list) {
  const std::string folder = sysfs::folder_of(identity);
  if (!sysfs::is_there(folder) || sysfs::is_asleep(folder)) return;
  static constexpr const char *texts[][2] = {{"compute_partition", "current_compute_partition"},
                                             {"memory_partition", "current_memory_partition"},
                                             {"unique_id", "unique_id"},
                                             {"vbios", "vbios_version"},
                                             {"link_speed", "current_link_speed"}};
  for (const auto &[name, file] : texts) {
    if (const auto told = sysfs::text(folder, file)) list.text(name, *told);
  }
  if (const auto width = sysfs::number(folder, "current_link_width"))
    list.number("link_width", static_cast<std::int64_t>(*width));
  if (const auto errors = sysfs::errors_of(folder)) {
    list.number("ecc_uncorrectable", static_cast<std::int64_t>(errors->uncorrectable));
    list.number("ecc_correctable", static_cast<std::int64_t>(errors->correctable));
  }
}

constexpr std::uint32_t link_of_xgmi = 4;  // as the kernel driver's interface numbers kinds of links

// How many devices the device reaches over AMD's own links.
int xgmi_peers(const api &api, driver::device device) {
  int count = 0;
  if (api.get_link_type == nullptr || api.device_get_count(&count) != driver::hipSuccess) return 0;
  int linked = 0;
  for (driver::device other = 0; other < count; ++other) {
    std::uint32_t kind = 0;
    std::uint32_t hops = 0;
    if (other == device) continue;
    if (api.get_link_type(device, other, &kind, &hops) != driver::hipSuccess) {
      forget_last_error(api);
    } else if (kind == link_of_xgmi) {
      ++linked;
    }
  }
  return linked;
}

}  // namespace

std::vector<hal_property> properties(std::uint32_t index) {
  const api &api = probed(index);
  const auto device = static_cast<driver::device>(index);
  const auto ask = [&](driver::device_attribute which) { return attribute_of(api, device, which); };
  plugin::property_list list("hip");
  list.text("library", api.library.file);
  list.text("target", target_of(api, device).text());
  list.boolean("integrated", ask(driver::integrated) > 0);
  list.number("async_engines", ask(driver::async_engine_count));
  list.number("compute_mode", ask(driver::compute_mode));
  list.boolean("concurrent_managed_access", ask(driver::concurrent_managed_access) > 0);
  list.boolean("pageable_memory_access", ask(driver::pageable_memory_access) > 0);
  list.boolean("fine_grained_memory", ask(driver::fine_grain_support) > 0);
  list.boolean("large_bar", ask(driver::large_bar) > 0);
  list.number("asic_revision", ask(driver::asic_revision));
  list.number("memory_clock", ask(driver::memory_clock_rate), "kHz");
  if (const int dies = ask(driver::xcc_count); dies > 0) list.number("compute_dies", dies);
  list.number("xgmi_peers", xgmi_peers(api, device));
  hal_device_description facts{};
  describe(index, facts);
  add_driver_facts(facts.identity, list);
  return list.take();
}

void metrics(std::uint32_t index, hal_metrics &out) {
  probed(index);
  hal_device_description facts{};
  describe(index, facts);
  const std::string folder = sysfs::folder_of(facts.identity);
  if ((facts.features & HAL_FEATURE_METRICS) == 0) {
    throw plugin::failure(
        HAL_STATUS_UNSUPPORTED,
        folder.empty()
            ? "Live figures are files of the amdgpu driver, and the device has no PCI address."
            : fmt::format("Live figures are files of the amdgpu driver, and {} is not there.", folder));
  }
  sysfs::read(folder, (facts.identity.valid & HAL_IDENTITY_PARTITION) != 0, out);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  out.timestamp =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace hal::plugins::hip
