// Sources of kernel events: libudev, the one place that uses it, and a clock for where there are none.
#include <fmt/format.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "hal/error.hpp"
#include "runtime/hotplug/hotplug.hpp"

#ifdef HAL_WITH_LIBUDEV
#include <libudev.h>
#endif

namespace hal::rt {
namespace {

[[noreturn]] void fail(std::string_view what, int code) {
  throw error(
      status::unavailable,
      fmt::format(
          "The kernel's device events cannot be received: {} failed: {}. An interval makes the machine be "
          "looked at every so often instead.",
          what, std::generic_category().message(code)),
      {}, code);
}

#ifdef HAL_WITH_LIBUDEV
struct release {
  void operator()(udev *one) const noexcept { udev_unref(one); }
  void operator()(udev_monitor *one) const noexcept { udev_monitor_unref(one); }
  void operator()(udev_device *one) const noexcept { udev_device_unref(one); }
};

const char *or_empty(const char *text) {
  return text == nullptr ? "" : text;
}

class udev_source final : public uevent_source {
 public:
  udev_source() : library_(udev_new()) {
    if (library_ == nullptr) fail("udev_new", errno);
    // What udev passes on comes after its rules, when the device files have their owners; without udev (in a
    // container, on a small system) only the kernel itself speaks.
    const char *const speaker = ::access("/run/udev/control", F_OK) == 0 ? "udev" : "kernel";
    monitor_.reset(udev_monitor_new_from_netlink(library_.get(), speaker));
    if (monitor_ == nullptr) fail("opening the netlink socket", errno);
    for (const char *const subsystem : {"pci", "drm", "accel"}) {
      const int code = udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), subsystem, nullptr);
      if (code < 0) fail("udev_monitor_filter_add_match_subsystem_devtype", -code);
    }
    // Only a wish: what is lost all the same is made good by looking at the machine.
    udev_monitor_set_receive_buffer_size(monitor_.get(), 8 << 20);
    const int code = udev_monitor_enable_receiving(monitor_.get());
    if (code < 0) fail("udev_monitor_enable_receiving", -code);
  }

  int descriptor() const noexcept override { return udev_monitor_get_fd(monitor_.get()); }

  outcome read(uevent &into) override {
    errno = 0;
    const std::unique_ptr<udev_device, release> device(udev_monitor_receive_device(monitor_.get()));
    if (device == nullptr) {
      const int code = errno;
      if (code == ENOBUFS) return outcome::overflow;
      if (code == EBADF || code == ENOTCONN || code == EINVAL) fail("receiving", code);
      return outcome::nothing;
    }
    into = {};
    into.action = or_empty(udev_device_get_action(device.get()));
    into.subsystem = or_empty(udev_device_get_subsystem(device.get()));
    into.path = or_empty(udev_device_get_devpath(device.get()));
    for (udev_list_entry *entry = udev_device_get_properties_list_entry(device.get()); entry != nullptr;
         entry = udev_list_entry_get_next(entry)) {
      into.properties.emplace(or_empty(udev_list_entry_get_name(entry)),
                              or_empty(udev_list_entry_get_value(entry)));
    }
    return outcome::event;
  }

 private:
  std::unique_ptr<udev, release> library_;
  std::unique_ptr<udev_monitor, release> monitor_;
};
#endif

class interval_source final : public uevent_source {
 public:
  explicit interval_source(std::chrono::milliseconds interval)
      : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (timer_ < 0) fail("timerfd_create", errno);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval);
    itimerspec when{};
    when.it_interval.tv_sec = seconds.count();
    when.it_interval.tv_nsec = std::chrono::nanoseconds(interval - seconds).count();
    when.it_value = when.it_interval;
    ::timerfd_settime(timer_, 0, &when, nullptr);
  }
  ~interval_source() override { ::close(timer_); }

  int descriptor() const noexcept override { return timer_; }

  outcome read(uevent & /*into*/) override {
    std::uint64_t times = 0;
    return ::read(timer_, &times, sizeof times) > 0 ? outcome::overflow : outcome::nothing;
  }

 private:
  int timer_;
};

}  // namespace

std::unique_ptr<uevent_source> open_udev_source() {
#ifdef HAL_WITH_LIBUDEV
  return std::make_unique<udev_source>();
#else
  throw error(status::unsupported,
              "This HAL was built without libudev and receives no device events. An interval makes the "
              "machine be looked at every "
              "so often instead.");
#endif
}

std::unique_ptr<uevent_source> open_interval_source(std::chrono::milliseconds interval) {
  if (interval < std::chrono::milliseconds(1)) {
    throw error(status::invalid_argument,
                fmt::format("Given an interval of {} ms, expected one of at least 1 ms.", interval.count()));
  }
  return std::make_unique<interval_source>(interval);
}

}  // namespace hal::rt
