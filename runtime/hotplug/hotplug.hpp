// The parts of a device_monitor: where kernel events come from, what they mean, and what changed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "discovery/inventory.hpp"
#include "hal/hotplug.hpp"

namespace hal::rt {

// One kernel event: what happened to the device at `path` below /sys.
struct uevent {
  std::string action;     // "add", "remove", "change", ...
  std::string subsystem;  // "pci", "drm", "accel", ...
  std::string path;       // "/devices/pci0000:00/0000:00:01.0/0000:01:00.0/drm/card0"
  std::map<std::string, std::string> properties;
};

// A stream of kernel events. Used by one thread at a time.
class uevent_source {
 public:
  uevent_source() = default;
  uevent_source(const uevent_source &) = delete;
  uevent_source &operator=(const uevent_source &) = delete;
  virtual ~uevent_source() = default;

  enum class outcome {
    event,
    nothing,   // none has come yet
    overflow,  // events were lost
  };

  virtual int descriptor() const noexcept = 0;  // readable when read() has something
  // Never blocks. Throws hal::error, unavailable, when there will be no more.
  virtual outcome read(uevent &into) = 0;
};

// The kernel's events through libudev. Throws hal::error: unsupported when the HAL was built without it,
// unavailable when the system gives no events.
std::unique_ptr<uevent_source> open_udev_source();
// Reports lost events every so often, so that the machine is looked at anew.
std::unique_ptr<uevent_source> open_interval_source(std::chrono::milliseconds interval);

// What was seen between two looks at the machine.
class burst {
 public:
  void add(const uevent &event);
  void add_overflow() { look_ = true; }

  bool empty() const { return !look_; }
  void clear();

  const std::set<pci_address> &removed() const { return removed_; }
  // By address, in words.
  const std::map<pci_address, std::string> &resets() const { return resets_; }

 private:
  bool look_ = false;
  std::set<pci_address> removed_;
  std::map<pci_address, std::string> resets_;
};

// The PCI function that an event is about: the last one on its path.
std::optional<pci_address> function_of(const std::string &path);

struct seen_device {
  watched_device device;
  std::string ids;  // tells one card from another in the same slot
};
using seen_devices = std::map<pci_address, seen_device>;

seen_devices seen_in(const discovery::inventory &hardware);

// First the resets, then what is gone, then what arrived; each by address.
std::vector<device_event> changes(const seen_devices &before, const seen_devices &now, const burst &between,
                                  std::chrono::system_clock::time_point time);

using look_function = std::function<seen_devices()>;

// Looks once, after the source was opened. Throws hal::error, unavailable, when the system has no descriptors
// left.
device_monitor make_monitor(std::unique_ptr<uevent_source> source, look_function look,
                            const monitor_options &options = {});

}  // namespace hal::rt
