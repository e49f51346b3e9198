#include "plugins/level_zero/metrics.hpp"

#include <fmt/format.h>

#include <ctime>
#include <string_view>
#include <utility>

#include "hal/plugin/failure.hpp"
#include "plugins/level_zero/describe.hpp"
#include "plugins/level_zero/sysman.hpp"

namespace hal::plugins::level_zero {
namespace {

class property_list {
 public:
  void text(const char *name, std::string_view value) {
    plugin::copy_text(add(name, HAL_PROPERTY_TEXT, "").text, value);
  }
  void number(const char *name, std::uint64_t value, const char *unit = "") {
    add(name, HAL_PROPERTY_UNSIGNED, unit).value.unsigned_value = value;
  }
  void boolean(const char *name, bool value) {
    add(name, HAL_PROPERTY_BOOLEAN, "").value.unsigned_value = value ? 1 : 0;
  }
  std::vector<hal_property> take() { return std::move(all_); }

 private:
  hal_property &add(const char *name, hal_property_type type, const char *unit) {
    hal_property &made = all_.emplace_back();
    plugin::copy_text(made.name, fmt::format("level_zero.{}", name));
    plugin::copy_text(made.unit, unit);
    made.type = type;
    return made;
  }
  std::vector<hal_property> all_;
};

}  // namespace

std::vector<hal_property> properties(std::uint32_t index) {
  const api &api = vendor();
  const found_device of = probed(index);
  const driver::device_properties facts = properties_of(api, of);
  const queue_groups groups = groups_of(api, of.native);
  property_list list;
  list.text("api_version", fmt::format("{}.{}", of.version >> 16, of.version & 0xffffu));
  list.boolean("integrated", (facts.flags & driver::device_integrated) != 0);
  list.number("slices", facts.slices);
  list.number("subslices_per_slice", facts.subslices_per_slice);
  list.number("execution_units_per_subslice", facts.units_per_subslice);
  list.number("threads_per_execution_unit", facts.threads_per_unit);
  list.number("simd_width", facts.simd_width);
  list.boolean("copy_engine", groups.copy.has_value());
  list.number("timestamp_bits", facts.timestamp_bits);
  list.number("native_max_allocation", facts.max_allocation, "B");
  return list.take();
}

void metrics(std::uint32_t index, hal_metrics &out) {
  const api &api = vendor();
  const found_device of = probed(index);
  if (!sysman::is_there(api, of)) {
    throw plugin::failure(
        HAL_STATUS_UNSUPPORTED,
        "Live figures need Level Zero's Sysman: a loader and a driver of specification 1.5, or "
        "ZES_ENABLE_SYSMAN=1 in the environment before the program starts.");
  }
  sysman::read(api, of, out);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  out.timestamp =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace hal::plugins::level_zero
