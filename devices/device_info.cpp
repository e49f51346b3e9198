#include "hal/device_info.hpp"

#include <iterator>

#include "devices/capability.hpp"

namespace hal {
namespace {

// By number.
constexpr std::string_view type_names[] = {"other", "cpu", "gpu", "npu", "fpga", "dsp", "coprocessor"};

// The keys of the flags of one group that a device with these bits would have.
std::vector<std::string_view> flag_names(std::string_view group, const device_info &info) {
  std::vector<std::string_view> names;
  for (const devices::capability &entry : devices::capabilities()) {
    if (entry.group == group && std::get<bool>(entry.read(info))) names.push_back(entry.key);
  }
  return names;
}

}  // namespace

std::string_view to_string(device_type type) noexcept {
  const auto number = static_cast<std::uint32_t>(type);
  return number < std::size(type_names) ? type_names[number] : type_names[0];
}

std::optional<device_type> parse_device_type(std::string_view text) noexcept {
  for (std::uint32_t number = 0; number < std::size(type_names); ++number) {
    if (type_names[number] == text) return static_cast<device_type>(number);
  }
  return {};
}

std::vector<std::string_view> data_type_names(std::uint64_t data_types) {
  device_info info;
  info.data_types = data_types;
  return flag_names("data types", info);
}

std::vector<std::string_view> feature_names(std::uint64_t features) {
  device_info info;
  info.features = features;
  return flag_names("features", info);
}

std::vector<std::string_view> throttle_names(std::uint64_t throttle) {
  static constexpr std::string_view names[] = {"idle",        "setting",  "power",
                                               "temperature", "hardware", "other"};
  std::vector<std::string_view> set;
  for (std::size_t bit = 0; bit < std::size(names); ++bit) {
    if ((throttle >> bit & 1) != 0) set.push_back(names[bit]);
  }
  return set;
}

}  // namespace hal
