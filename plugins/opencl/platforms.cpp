#include "plugins/opencl/platforms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>

#include "hal/plugin/failure.hpp"
#include "plugins/opencl/drivers.hpp"
#include "plugins/opencl/status.hpp"

namespace hal::plugins::opencl {

using plugin::failure;

namespace {

// More of them are a driver's mistake.
constexpr unsigned most_platforms = 256;
constexpr unsigned most_devices = 4096;

// Never destroyed: a program may still look while the process ends.
struct last_probe {
  std::mutex mutex;
  std::shared_ptr<const std::vector<found_device>> devices;
};
last_probe &last() {
  static auto &only = *new last_probe;
  return only;
}

template <typename Ask>
std::string text_of(Ask &&ask) {
  std::size_t size = 0;
  if (ask(0, nullptr, &size) != driver::CL_SUCCESS || size == 0 || size > (1u << 20)) return {};
  std::string text(size, '\0');
  if (ask(size, text.data(), nullptr) != driver::CL_SUCCESS) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

void tell(const hal_host &host, hal_log_level level, const std::string &text) {
  host.log(host.context, level, text.c_str());
}

// What is wrong with a platform's version; empty when it can be used.
std::string version_fault(driver::platform platform) {
  const int version = version_of(platform_text(platform, driver::platform_version));
  if (version >= 120) return {};
  return fmt::format("The OpenCL platform \"{}\" has version {}.{}; devices are used from 1.2 on.",
                     platform_text(platform, driver::platform_name), version / 100, version % 100 / 10);
}

void add_devices(const hal_host &host, driver::platform platform, std::vector<found_device> &all) {
  const std::string name = platform_text(platform, driver::platform_name);
  driver::device devices[most_devices] = {};
  unsigned count = 0;
  const driver::result told =
      vendor().get_device_ids(platform, driver::device_type_all, most_devices, devices, &count);
  if (told == driver::CL_DEVICE_NOT_FOUND || (told == driver::CL_SUCCESS && count == 0)) {
    tell(host, HAL_LOG_WARNING, fmt::format("The OpenCL platform \"{}\" has no device.", name));
    return;
  }
  if (told != driver::CL_SUCCESS) {
    tell(host, HAL_LOG_WARNING,
         vendor_failure(told, fmt::format("clGetDeviceIDs of the platform \"{}\"", name)).what());
    return;
  }
  for (unsigned i = 0; i < std::min(count, most_devices); ++i) all.push_back({platform, devices[i]});
}

}  // namespace

std::uint32_t find_devices(const hal_host &host) {
  const api &api = vendor();
  check_drivers(host);
  driver::platform platforms[most_platforms] = {};
  unsigned count = 0;
  const driver::result told = api.get_platform_ids(most_platforms, platforms, &count);
  // No driver is registered, or none of them could be loaded.
  if (told == driver::CL_PLATFORM_NOT_FOUND_KHR)
    count = 0;
  else
    check(told, "clGetPlatformIDs");
  auto found = std::make_shared<std::vector<found_device>>();
  std::string too_old;
  for (unsigned i = 0; i < std::min(count, most_platforms); ++i) {
    const std::string fault = version_fault(platforms[i]);
    if (fault.empty()) {
      add_devices(host, platforms[i], *found);
    } else {
      tell(host, HAL_LOG_WARNING, fault);
      too_old = fault;
    }
  }
  if (found->empty() && !too_old.empty()) throw failure(HAL_STATUS_INCOMPATIBLE_VERSION, too_old);
  const std::lock_guard lock(last().mutex);
  last().devices = found;
  return static_cast<std::uint32_t>(found->size());
}

found_device probed(std::uint32_t index) {
  const std::lock_guard lock(last().mutex);
  const auto &devices = last().devices;
  if (devices == nullptr)
    throw failure(HAL_STATUS_INVALID_STATE, "The devices were not probed yet; probe comes before the rest.");
  if (index >= devices->size()) {
    throw failure(HAL_STATUS_OUT_OF_RANGE,
                  fmt::format("Device {} was asked for; the last probe found {}, counted from 0.", index,
                              devices->size()));
  }
  return (*devices)[index];
}

std::string platform_text(driver::platform platform, driver::platform_info which) {
  return text_of([&](std::size_t room, void *out, std::size_t *size) {
    return vendor().get_platform_info(platform, which, room, out, size);
  });
}

std::string device_text(driver::device device, driver::device_info which) {
  return text_of([&](std::size_t room, void *out, std::size_t *size) {
    return vendor().get_device_info(device, which, room, out, size);
  });
}

std::size_t device_bytes(driver::device device, driver::device_info which, void *out,
                         std::size_t room) noexcept {
  std::size_t size = 0;
  const driver::result told = vendor().get_device_info(device, which, room, out, &size);
  return told == driver::CL_SUCCESS ? std::min(size, room) : 0;
}

int version_of(std::string_view text) noexcept {
  int major = 0;
  int minor = 0;
  if (std::sscanf(std::string(text).c_str(), "OpenCL %d.%d", &major, &minor) != 2) return 0;
  return major * 100 + minor * 10;
}

bool has_word(std::string_view list, std::string_view word) noexcept {
  for (std::size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || list[at - 1] == ' ') && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

}  // namespace hal::plugins::opencl
