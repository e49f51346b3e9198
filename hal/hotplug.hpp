// Devices that come and go while a program runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device_info.hpp"
#include "hal/pci_address.hpp"

namespace hal {

enum class device_change {
  arrived,  // it was not there before
  gone,     // one that comes back is another: first gone, then arrived
  reset,    // its driver or the bus reset it, or declared it dead; what was open on it is lost
};

// "arrived", "gone", "reset".
std::string_view to_string(device_change value) noexcept;

// An accelerator on a bus, whether a plugin drives it or not.
struct watched_device {
  pci_address address;
  device_type type = device_type::other;
  std::string vendor;
  std::string name;

  friend bool operator==(const watched_device &, const watched_device &) = default;
};

struct device_event {
  device_change change = device_change::arrived;
  watched_device device;
  std::chrono::system_clock::time_point time;  // when it was seen
  // Of a reset: what the kernel said, several parted by ", ": "WEDGED=rebind", "RESET=1",
  // "ERROR_EVENT=FAILED_RECOVERY".
  std::string detail;
};

struct monitor_options {
  // Changes are reported together once nothing more has come for this long, or `longest_wait` after the
  // first: a card that is plugged in makes dozens of kernel events, and its device files are ready only at
  // their end.
  std::chrono::milliseconds quiet{100};
  std::chrono::milliseconds longest_wait{1000};
  // Not 0: looks at the machine this often instead of waiting for the kernel's events; for containers that
  // receive none and for recorded machines. Resets are not seen then.
  std::chrono::milliseconds interval{0};
};

// For programs with an event loop: watch descriptor() for input, and then call next_event() until it answers
// nothing. Used by one thread at a time; may be moved. From runtime::monitor(), which it may outlive.
//
// What came before monitor() returned is not reported; known() has it. Nothing is lost after that: when the
// kernel drops events because too many came, the machine is looked at anew. A device that came and went
// within one `quiet` period is not reported.
class device_monitor {
 public:
  class implementation;

  explicit device_monitor(std::unique_ptr<implementation> self) noexcept;
  device_monitor(device_monitor &&) noexcept;
  device_monitor &operator=(device_monitor &&) noexcept;
  ~device_monitor();

  // Readable when next_event() has something to do. Stays the monitor's.
  int descriptor() const noexcept;

  // The next change, or nothing when none has come. Does not wait for events, but may look at the buses,
  // which takes milliseconds. Throws hal::error, unavailable, when the source of events has failed.
  std::optional<device_event> next_event();

  // The same, waiting for at most that long.
  std::optional<device_event> wait_for(std::chrono::milliseconds longest);

  // The devices after the last event, by address.
  std::vector<watched_device> known() const;

 private:
  std::unique_ptr<implementation> self_;
};

// For programs without one: a thread that calls back.
class device_watch {
 public:
  // Calls `on_event` from a thread of its own, one event at a time. An exception that leaves it ends the
  // watching; stop() throws it.
  device_watch(device_monitor monitor, std::function<void(const device_event &)> on_event);
  device_watch(device_watch &&) noexcept;
  device_watch &operator=(device_watch &&) = delete;
  // Stops, and drops what stop() would throw. Not from within the callback.
  ~device_watch();

  // Returns when the callback has returned and will not be called again; prompt, whatever the options' times.
  // Within the callback it only asks the thread to end. Throws what ended the watching: the callback's
  // exception or that of next_event(); once.
  void stop();

 private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace hal
