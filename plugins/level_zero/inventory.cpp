#include "plugins/level_zero/inventory.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "hal/plugin/failure.hpp"
#include "plugins/level_zero/status.hpp"

namespace hal::plugins::level_zero {

using plugin::failure;

namespace {

struct kept_inventory {
  std::mutex mutex;
  bool probed = false;
  std::vector<found_device> devices;
};

kept_inventory &kept() {
  // Never destroyed: a program may still ask while the process ends.
  static auto &all = *new kept_inventory;
  return all;
}

template <typename Handle, typename Ask>
std::vector<Handle> handles(const char *call, Ask &&ask) {
  std::uint32_t count = 0;
  check(ask(&count, static_cast<Handle *>(nullptr)), call);
  std::vector<Handle> all(count);
  if (count != 0) check(ask(&count, all.data()), call);
  all.resize(count);
  return all;
}

void add_with_parts(const api &api, found_device whole, std::vector<found_device> &out) {
  out.push_back(whole);
  const auto parts = handles<driver::device>("zeDeviceGetSubDevices", [&](auto *count, auto *devices) {
    return api.device_get_sub_devices(whole.native, count, devices);
  });
  // A single part is the whole.
  if (parts.size() < 2) return;
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    found_device part = whole;
    part.native = parts[number];
    part.whole = whole.native;
    part.part = number;
    out.push_back(part);
  }
}

// Whole devices at one PCI address are parts of one card.
void mark_flat_parts(const api &api, std::vector<found_device> &devices) {
  if (api.device_pci_get_properties == nullptr) return;
  using address = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  std::map<address, std::vector<found_device *>> cards;
  for (found_device &one : devices) {
    driver::pci_properties at{driver::pci_properties_type, nullptr, 0, 0, 0, 0, 0, 0, 0};
    if (one.whole != nullptr || api.device_pci_get_properties(one.native, &at) != driver::ZE_RESULT_SUCCESS)
      continue;
    cards[{at.domain, at.bus, at.device, at.function}].push_back(&one);
  }
  for (auto &[where, all] : cards) {
    if (all.size() < 2) continue;
    for (std::uint32_t number = 0; number < all.size(); ++number) {
      all[number]->is_flat_part = true;
      all[number]->part = number;
    }
  }
}

}  // namespace

std::vector<found_device> take_inventory(const api &api) {
  std::vector<found_device> found;
  for (const driver::driver_handle owner : handles<driver::driver_handle>(
           "zeDriverGet", [&](auto *count, auto *drivers) { return api.driver_get(count, drivers); })) {
    found_device each;
    each.owner = owner;
    check(api.driver_get_api_version(owner, &each.version), "zeDriverGetApiVersion");
    for (const driver::device one : handles<driver::device>("zeDeviceGet", [&](auto *count, auto *devices) {
           return api.device_get(owner, count, devices);
         })) {
      each.native = one;
      add_with_parts(api, each, found);
    }
  }
  mark_flat_parts(api, found);
  return found;
}

void keep_inventory(std::vector<found_device> found) {
  const std::lock_guard lock(kept().mutex);
  kept().devices = std::move(found);
  kept().probed = true;
}

found_device probed(std::uint32_t index) {
  const std::vector<found_device> devices = probed_devices();
  if (index < devices.size()) return devices[index];
  throw failure(HAL_STATUS_OUT_OF_RANGE,
                fmt::format("Device {} was asked for; the last probe found {}, counted from 0.", index,
                            devices.size()));
}

std::vector<found_device> probed_devices() {
  const std::lock_guard lock(kept().mutex);
  if (!kept().probed)
    throw failure(HAL_STATUS_INVALID_STATE, "The devices were not probed yet; probe comes before the rest.");
  return kept().devices;
}

}  // namespace hal::plugins::level_zero
