#include "runtime/hotplug/hotplug.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "hal/error.hpp"
#include "hal/runtime.hpp"
#include "tests/support/sysfs_tree.hpp"
#include "tests/support/thrown.hpp"

namespace {

using namespace hal;
using namespace std::chrono_literals;
using outcome = rt::uevent_source::outcome;

pci_address at(std::string_view text) {
  const auto address = parse_pci_address(text);
  REQUIRE(address);
  return *address;
}

// The kernel's side of a test: events that are put in come out, from any thread.
class test_events {
 public:
  test_events() : ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { REQUIRE(ready_ >= 0); }
  ~test_events() { ::close(ready_); }
  test_events(const test_events &) = delete;
  test_events &operator=(const test_events &) = delete;

  void put(rt::uevent event) { put(outcome::event, std::move(event)); }
  void lose() { put(outcome::overflow, {}); }
  void fail() {
    failed_ = true;
    put(outcome::nothing, {});
  }

  outcome take(rt::uevent &into) {
    if (failed_) throw error(status::unavailable, "The source is gone.");
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return outcome::nothing;
    auto [what, event] = std::move(queue_.front());
    queue_.pop_front();
    std::uint64_t ignored = 0;
    if (queue_.empty()) CHECK(::read(ready_, &ignored, sizeof ignored) == sizeof ignored);
    into = std::move(event);
    return what;
  }
  int descriptor() const { return ready_; }

 private:
  void put(outcome what, rt::uevent event) {
    const std::lock_guard lock(mutex_);
    queue_.emplace_back(what, std::move(event));
    const std::uint64_t one = 1;
    CHECK(::write(ready_, &one, sizeof one) == sizeof one);
  }

  int ready_;
  std::mutex mutex_;
  std::deque<std::pair<outcome, rt::uevent>> queue_;
  std::atomic<bool> failed_ = false;
};

class test_source final : public rt::uevent_source {
 public:
  explicit test_source(test_events &events) : events_(events) {}
  int descriptor() const noexcept override { return events_.descriptor(); }
  outcome read(rt::uevent &into) override { return events_.take(into); }

 private:
  test_events &events_;
};

// What is plugged in.
class test_machine {
 public:
  void plug(std::string_view address, std::string ids = "10de:2335") {
    const std::lock_guard lock(mutex_);
    devices_[at(address)] = {{at(address), device_type::gpu, "Acme", "Accelerator"}, std::move(ids)};
  }
  void pull(std::string_view address) {
    const std::lock_guard lock(mutex_);
    devices_.erase(at(address));
  }
  rt::seen_devices look() {
    const std::lock_guard lock(mutex_);
    ++looks_;
    return devices_;
  }
  int looks() {
    const std::lock_guard lock(mutex_);
    return looks_;
  }

 private:
  std::mutex mutex_;
  rt::seen_devices devices_;
  int looks_ = 0;
};

rt::uevent pci_event(std::string action, std::string_view address) {
  return {std::move(action), "pci", "/devices/pci0000:00/0000:00:01.0/" + to_string(at(address)), {}};
}

rt::uevent drm_change(std::string_view address, std::string name, std::string value) {
  return {"change",
          "drm",
          "/devices/pci0000:00/0000:00:01.0/" + to_string(at(address)) + "/drm/card0",
          {{std::move(name), std::move(value)}}};
}

constexpr monitor_options at_once{0ms, 0ms, 0ms};

struct fixture {
  device_monitor monitor(const monitor_options &options = at_once) {
    return rt::make_monitor(
        std::make_unique<test_source>(events), [this] { return machine.look(); }, options);
  }
  test_events events;
  test_machine machine;
};

std::string words(const std::optional<device_event> &event) {
  if (!event) return "nothing";
  std::string text(to_string(event->change));
  text += " " + to_string(event->device.address);
  return event->detail.empty() ? text : text + " " + event->detail;
}

std::string everything(device_monitor &monitor) {
  std::string all;
  while (const auto event = monitor.next_event()) all += (all.empty() ? "" : "; ") + words(event);
  return all;
}

bool readable(const device_monitor &monitor) {
  pollfd one{monitor.descriptor(), POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

}  // namespace

TEST_CASE("hotplug: a device that arrives, one that goes, one that comes back as another") {
  fixture test;
  test.machine.plug("03:00.0");
  device_monitor monitor = test.monitor();
  CHECK(everything(monitor).empty());
  CHECK_FALSE(readable(monitor));
  REQUIRE(monitor.known().size() == 1);
  CHECK(monitor.known()[0].name == "Accelerator");

  test.machine.plug("04:00.0");
  test.events.put(pci_event("add", "04:00.0"));
  CHECK(readable(monitor));
  CHECK(everything(monitor) == "arrived 0000:04:00.0");
  CHECK_FALSE(readable(monitor));
  CHECK(monitor.known().size() == 2);

  test.machine.pull("03:00.0");
  test.events.put(pci_event("remove", "03:00.0"));
  CHECK(everything(monitor) == "gone 0000:03:00.0");

  // Out and in again before anybody looked.
  test.events.put(pci_event("remove", "04:00.0"));
  test.events.put(pci_event("add", "04:00.0"));
  CHECK(everything(monitor) == "gone 0000:04:00.0; arrived 0000:04:00.0");

  // Another card in the slot, while the removal was lost.
  test.machine.plug("04:00.0", "1002:74a1");
  test.events.lose();
  CHECK(everything(monitor) == "gone 0000:04:00.0; arrived 0000:04:00.0");
}

TEST_CASE("hotplug: what does not concern an accelerator is no event") {
  fixture test;
  test.machine.plug("03:00.0");
  device_monitor monitor = test.monitor();
  test.events.put(drm_change("03:00.0", "HOTPLUG", "1"));  // a display was plugged in
  test.events.put(pci_event("bind", "03:00.0"));
  CHECK(everything(monitor).empty());
  CHECK(test.machine.looks() == 1);
  test.events.put(pci_event("add", "09:00.0"));  // a network adapter, say
  test.events.put(drm_change("09:00.0", "WEDGED", "rebind"));
  test.events.put({"add", "drm", "", {}});
  CHECK(everything(monitor).empty());
  CHECK(test.machine.looks() == 2);
}

TEST_CASE("hotplug: resets as the kernel tells them") {
  fixture test;
  test.machine.plug("03:00.0");
  test.machine.plug("04:00.0");
  device_monitor monitor = test.monitor();
  test.events.put(drm_change("03:00.0", "WEDGED", "none"));
  CHECK(everything(monitor) == "reset 0000:03:00.0 WEDGED=none");
  test.events.put(drm_change("03:00.0", "ERROR", "1"));
  test.events.put(drm_change("03:00.0", "RESET", "1"));
  test.events.put(drm_change("03:00.0", "ERROR", "0"));
  CHECK(everything(monitor) == "reset 0000:03:00.0 RESET=1");

  rt::uevent recovery = pci_event("change", "04:00.0");
  for (const char *state : {"BEGIN_RECOVERY", "BEGIN_RECOVERY", "FAILED_RECOVERY"}) {
    recovery.properties["ERROR_EVENT"] = state;
    test.events.put(recovery);
  }
  test.machine.pull("04:00.0");
  test.events.put(pci_event("remove", "04:00.0"));
  CHECK(everything(monitor) ==
        "reset 0000:04:00.0 ERROR_EVENT=BEGIN_RECOVERY, ERROR_EVENT=FAILED_RECOVERY; gone 0000:04:00.0");
  test.events.put(drm_change("03:00.0", "WEDGED", "bus-reset\n\x1b[2J"));
  CHECK(everything(monitor) == "reset 0000:03:00.0 WEDGED=bus-reset??[2J");
}

TEST_CASE(
    "hotplug: a burst is one look, lost events are one, too, and a burst without end is looked at all the "
    "same") {
  fixture test;
  device_monitor monitor = test.monitor({1h, 2h, 0ms});
  for (int i = 0; i < 1000; ++i) test.events.put(pci_event("add", "03:00.0"));
  test.machine.plug("03:00.0");
  CHECK(everything(monitor).empty());  // not yet
  CHECK(test.machine.looks() == 1);

  fixture lost;
  device_monitor anew = lost.monitor();
  lost.machine.plug("03:00.0");
  lost.machine.plug("05:00.0");
  lost.events.lose();
  lost.events.lose();
  lost.events.put(pci_event("add", "03:00.0"));
  CHECK(everything(anew) == "arrived 0000:03:00.0; arrived 0000:05:00.0");
  CHECK(lost.machine.looks() == 2);

  fixture endless;
  device_monitor hurried = endless.monitor({1h, 1ms, 0ms});
  endless.machine.plug("03:00.0");
  endless.events.put(pci_event("add", "03:00.0"));
  CHECK(words(hurried.wait_for(60s)) == "arrived 0000:03:00.0");
}

TEST_CASE("hotplug: the descriptor stays readable until every event was taken") {
  fixture test;
  device_monitor monitor = test.monitor();
  test.machine.plug("03:00.0");
  test.machine.plug("04:00.0");
  test.events.put(pci_event("add", "04:00.0"));
  CHECK(words(monitor.next_event()) == "arrived 0000:03:00.0");
  CHECK(readable(monitor));
  device_monitor moved = std::move(monitor);
  CHECK(words(moved.next_event()) == "arrived 0000:04:00.0");
  CHECK_FALSE(readable(moved));
  CHECK(words(moved.wait_for(1ms)) == "nothing");
}

TEST_CASE("hotplug: a thread that calls back, and stops when it is told") {
  fixture test;
  std::mutex mutex;
  std::condition_variable changed;
  std::string seen;
  device_watch watch(test.monitor(), [&](const device_event &event) {
    const std::lock_guard lock(mutex);
    seen += words(event) + ";";
    changed.notify_one();
  });
  test.machine.plug("03:00.0");
  test.events.put(pci_event("add", "03:00.0"));
  {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 60s, [&] { return !seen.empty(); }));
    CHECK(seen == "arrived 0000:03:00.0;");
  }
  watch.stop();
  test.machine.pull("03:00.0");
  test.events.put(pci_event("remove", "03:00.0"));
  watch.stop();
  CHECK(seen == "arrived 0000:03:00.0;");

  // Going without stop(), while nothing happens and an hour's wait is on.
  fixture quiet;
  {
    const device_watch waiting(quiet.monitor({1h, 1h, 0ms}), [](const device_event &) {});
  }
  // A burst is waiting to be looked at.
  quiet.events.put(pci_event("add", "03:00.0"));
  {
    const device_watch waiting(quiet.monitor({1h, 1h, 0ms}), [](const device_event &) {});
  }
}

TEST_CASE("hotplug: a callback that stops, one that throws, and a source that fails") {
  fixture test;
  device_watch *self = nullptr;
  std::mutex mutex;
  std::condition_variable changed;
  int calls = 0;
  std::unique_lock lock(mutex);
  device_watch watch(test.monitor(), [&](const device_event &) {
    const std::lock_guard inner(mutex);
    ++calls;
    self->stop();
    changed.notify_one();
  });
  self = &watch;
  test.machine.plug("03:00.0");
  test.machine.plug("04:00.0");
  test.events.put(pci_event("add", "03:00.0"));
  REQUIRE(changed.wait_for(lock, 60s, [&] { return calls == 1; }));
  lock.unlock();
  watch.stop();
  CHECK(calls == 1);

  fixture throwing;
  std::atomic<bool> called = false;
  device_watch other(throwing.monitor(), [&](const device_event &) {
    called = true;
    throw std::runtime_error("enough");
  });
  throwing.machine.plug("03:00.0");
  throwing.events.put(pci_event("add", "03:00.0"));
  while (!called) std::this_thread::yield();
  CHECK_THROWS_WITH(other.stop(), "enough");
  CHECK_NOTHROW(other.stop());

  fixture failing;
  device_monitor monitor = failing.monitor();
  failing.events.fail();
  CHECK_THROWS_AS(monitor.next_event(), error);
}

TEST_CASE("hotplug: the function that an event is about") {
  CHECK(rt::function_of("/devices/pci0000:00/0000:00:01.0/0000:03:00.0/drm/card0") == at("03:00.0"));
  CHECK(rt::function_of("/devices/pci10000:e0/10000:e1:00.0") == at("10000:e1:00.0"));
  CHECK_FALSE(rt::function_of("/devices/pci0000:00"));
  CHECK_FALSE(rt::function_of("/devices/03:00.0/x"));
  CHECK_FALSE(rt::function_of(""));
}

TEST_CASE("hotplug: a machine's tree that changes, looked at every so often") {
  test::sysfs_tree tree;
  test::sysfs_function gpu;
  gpu.vendor = "0x10de";
  gpu.device = "0x2335";
  gpu.class_code = "0x030200";
  tree.add("0000:03:00.0", gpu);
  runtime_options options;
  options.machine = tree.root();
  options.only_plugin_path = true;
  runtime rt(options);
  monitor_options often;
  often.interval = 5ms;
  device_monitor monitor = rt.monitor(often);
  if (monitor.known().empty()) {
    MESSAGE("skipped: the module that scans PCI was not built");
    return;
  }
  REQUIRE(monitor.known().size() == 1);
  tree.add("0000:04:00.0", gpu);
  CHECK(words(monitor.wait_for(60s)) == "arrived 0000:04:00.0");
  std::filesystem::remove(tree.bus() / "devices" / "0000:03:00.0");
  CHECK(words(monitor.wait_for(60s)) == "gone 0000:03:00.0");
  CHECK(rt.look()->devices.size() == 1);  // as it was
  CHECK(rt.refresh()->devices.size() == 1);
  often.interval = -1ms;
  CHECK_THROWS_AS(rt.monitor(often), error);
}

TEST_CASE("hotplug: the kernel's own events, where the system gives any") {
  try {
    const auto source = rt::open_udev_source();
    CHECK(source->descriptor() >= 0);
    rt::uevent event;
    while (source->read(event) != outcome::nothing) CHECK_FALSE(event.action.empty());
  } catch (const error &none) {
    MESSAGE("skipped: " << none.what());
    CHECK((none.status() == status::unsupported || none.status() == status::unavailable));
  }
}
