// The devices that the last probe found: every platform's, in the loader's order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/plugin.h"
#include "plugins/opencl/api.hpp"

namespace hal::plugins::opencl {

struct found_device {
  driver::platform platform = nullptr;
  driver::device device = nullptr;
};

// Looks anew. What a platform answers wrongly is told to the host and leaves the others whole.
std::uint32_t find_devices(const hal_host &host);

// A device of the last probe. Throws HAL_STATUS_INVALID_STATE when there was none, HAL_STATUS_OUT_OF_RANGE
// when it found fewer devices.
found_device probed(std::uint32_t index);

// What a driver says of itself; a failure is an empty text, no values, or 0.
std::string platform_text(driver::platform platform, driver::platform_info which);
std::string device_text(driver::device device, driver::device_info which);
// At most as many bytes as there is room; the number of those that were written.
std::size_t device_bytes(driver::device device, driver::device_info which, void *out,
                         std::size_t room) noexcept;

template <typename Value>
Value device_fact(driver::device device, driver::device_info which) noexcept {
  Value value{};
  return device_bytes(device, which, &value, sizeof value) == sizeof value ? value : Value{};
}

template <typename Value>
std::vector<Value> device_list(driver::device device, driver::device_info which) {
  std::vector<Value> values(256);
  values.resize(device_bytes(device, which, values.data(), values.size() * sizeof(Value)) / sizeof(Value));
  return values;
}

// "OpenCL 1.2 ..." as 120; 0 when it is not of that form.
int version_of(std::string_view text) noexcept;
// A word of a list whose words are separated by blanks.
bool has_word(std::string_view list, std::string_view word) noexcept;

}  // namespace hal::plugins::opencl
