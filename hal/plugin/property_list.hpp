// Named properties, as hal_plugin.properties answers them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/abi/description.h"
#include "hal/plugin/failure.hpp"

namespace hal::plugin {

class property_list {
 public:
  // Every name gets the plugin's before it: "cuda.integrated". With "" names stand as they are, which is for
  // those that every plugin shares: "device_file.0".
  explicit property_list(const char *plugin)
      : prefix_(*plugin == '\0' ? std::string() : std::string(plugin) + ".") {}

  void text(const char *name, std::string_view value) {
    copy_text(add(name, HAL_PROPERTY_TEXT, "").text, value);
  }
  // What is below 0 is told as 0.
  void number(const char *name, std::int64_t value, const char *unit = "") {
    add(name, HAL_PROPERTY_UNSIGNED, unit).value.unsigned_value =
        value > 0 ? static_cast<std::uint64_t>(value) : 0;
  }
  void boolean(const char *name, bool value) {
    add(name, HAL_PROPERTY_BOOLEAN, "").value.unsigned_value = value ? 1 : 0;
  }
  std::vector<hal_property> take() { return std::move(all_); }

 private:
  hal_property &add(const char *name, hal_property_type type, const char *unit) {
    hal_property &made = all_.emplace_back();
    copy_text(made.name, prefix_ + name);
    copy_text(made.unit, unit);
    made.type = type;
    return made;
  }

  std::string prefix_;
  std::vector<hal_property> all_;
};

}  // namespace hal::plugin
