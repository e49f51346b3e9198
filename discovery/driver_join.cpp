#include "discovery/driver_join.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace hal::discovery {
namespace {

void add_nodes(found_device &to, const std::vector<std::string> &nodes) {
  for (const std::string &node : nodes) {
    if (std::find(to.nodes.begin(), to.nodes.end(), node) == to.nodes.end()) to.nodes.push_back(node);
  }
}

std::string why_it_counts(const driver_device &driver) {
  if (driver.driver.empty()) return fmt::format("the {} class of the kernel shows it", driver.source);
  return fmt::format("the {} class of the kernel shows it, by the driver {}", driver.source, driver.driver);
}

class joiner {
 public:
  using maker = std::function<found_device(const pci_function &, device_type, std::string)>;

  joiner(inventory &found, const maker &make) : found_(found), make_(make) {
    for (found_device &device : found_.devices) by_address_[device.pci.address].push_back(std::move(device));
    found_.devices.clear();
  }

  void join(driver_device &driver) {
    if (!driver.pci) {
      if (driver.computes) add_platform(driver);
      return;
    }
    const auto at = by_address_.find(*driver.pci);
    if (at != by_address_.end()) {
      take(driver, at->second);
    } else if (driver.computes && !is_decoy(*driver.pci)) {
      std::vector<found_device> &devices = by_address_[*driver.pci];
      devices.push_back(make_(function_of(driver), *driver.computes, why_it_counts(driver)));
      take(driver, devices);
    }
  }

  void finish() {
    for (auto &[address, devices] : by_address_) {
      std::move(devices.begin(), devices.end(), std::back_inserter(found_.devices));
    }
    std::stable_sort(platform_.begin(), platform_.end(),
                     [](const found_device &a, const found_device &b) { return a.platform < b.platform; });
    std::move(platform_.begin(), platform_.end(), std::back_inserter(found_.devices));
  }

 private:
  // The first part takes the place of the whole; others stand behind it.
  void take(const driver_device &driver, std::vector<found_device> &devices) {
    found_device *to = &devices.front();
    if (driver.partition) {
      const auto same = std::find_if(devices.begin(), devices.end(), [&driver](const found_device &device) {
        return !device.partition || device.partition == driver.partition;
      });
      if (same == devices.end()) {
        devices.push_back(devices.front());
        to = &devices.back();
        to->nodes.clear();
      } else {
        to = &*same;
      }
      to->partition = driver.partition;
    }
    add_nodes(*to, driver.nodes);
    if (!driver.name.empty() && to->name == ids(to->pci)) to->name = driver.name;
    if (!to->pci.driver && !driver.driver.empty()) to->pci.driver = driver.driver;
  }

  void add_platform(driver_device &driver) {
    found_device device;
    device.pci.vendor = driver.vendor;
    device.pci.device = driver.device;
    if (!driver.driver.empty()) device.pci.driver = driver.driver;
    device.type = *driver.computes;
    device.vendor = driver.vendor ? std::string(short_vendor_name(*driver.vendor)) : std::string();
    if (device.vendor.empty()) device.vendor = "????";
    device.name = driver.name.empty() || driver.name == driver.platform
                      ? driver.platform
                      : fmt::format("{} ({})", driver.name, driver.platform);
    device.why = why_it_counts(driver);
    device.nodes = std::move(driver.nodes);
    device.platform = std::move(driver.platform);
    platform_.push_back(std::move(device));
  }

  bool is_decoy(const pci_address &address) const {
    const auto at = std::lower_bound(
        found_.decoys.begin(), found_.decoys.end(), address,
        [](const decoy &one, const pci_address &wanted) { return one.pci.address < wanted; });
    return at != found_.decoys.end() && at->pci.address == address;
  }

  // As the bus shows it; a driver may know of one that no bus showed.
  pci_function function_of(const driver_device &driver) {
    const auto at = std::lower_bound(
        found_.functions.begin(), found_.functions.end(), *driver.pci,
        [](const pci_function &one, const pci_address &wanted) { return one.address < wanted; });
    if (at != found_.functions.end() && at->address == *driver.pci) return *at;
    pci_function function;
    function.address = *driver.pci;
    function.vendor = driver.vendor;
    function.device = driver.device;
    if (!driver.driver.empty()) function.driver = driver.driver;
    return function;
  }

  inventory &found_;
  const maker &make_;
  std::map<pci_address, std::vector<found_device>> by_address_;
  std::vector<found_device> platform_;
};

}  // namespace

void join_drivers(
    inventory &found, std::vector<driver_device> drivers,
    const std::function<found_device(const pci_function &, device_type, std::string why)> &make) {
  if (drivers.empty()) return;
  // Parts first: what is told of a whole function then goes to its first part.
  std::stable_sort(drivers.begin(), drivers.end(), [](const driver_device &a, const driver_device &b) {
    return std::tuple(!a.partition, a.partition.value_or(0)) <
           std::tuple(!b.partition, b.partition.value_or(0));
  });
  joiner into(found, make);
  for (driver_device &driver : drivers) into.join(driver);
  into.finish();
}

}  // namespace hal::discovery
