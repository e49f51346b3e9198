// halctl watch: accelerators as they come, go and are reset.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "hal/error.hpp"
#include "hal/hotplug.hpp"
#include "runtime/halctl/json.hpp"
#include "runtime/halctl/text.hpp"
#include "runtime/halctl/verbs.hpp"

namespace hal::ctl {
namespace {

using std::chrono::milliseconds;

struct arguments {
  bool as_json = false;
  std::uint64_t count = 0;  // 0: without end
  double interval = 0;      // seconds; 0: by the kernel's events
};

// "2026-03-01T10:20:30.456Z"
std::string utc(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::floor<milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (since - seconds).count());
}

std::string local(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::chrono::system_clock::to_time_t(time)));
}

class printer {
 public:
  printer(bool as_json, const std::string &color) : as_json_(as_json), paint_(color) {}

  void print(std::string_view change, const watched_device &device,
             std::chrono::system_clock::time_point time, const std::string &detail) const {
    if (as_json_) {
      json line = {{"time", utc(time)},
                   {"change", change},
                   {"pci", to_string(device.address)},
                   {"type", to_string(device.type)},
                   {"name", device.name}};
      if (!device.vendor.empty()) line["vendor"] = device.vendor;
      if (!detail.empty()) line["detail"] = detail;
      write_out(line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
      return;
    }
    const style look = change == "arrived" ? style::good : change == "present" ? style::faint : style::bad;
    std::string name = device.name;
    if (!device.vendor.empty() && !name.starts_with(device.vendor) && name.find(':') != 4)
      name = device.vendor + " " + name;
    write_out(fmt::format("{}  {}  {}  {}  {}{}\n", local(time), paint_(look, fmt::format("{:<7}", change)),
                          to_string(device.address), to_string(device.type), printable(name),
                          detail.empty() ? "" : "  " + printable(detail)));
  }

 private:
  bool as_json_;
  painter paint_;
};

exit_code run(const arguments &given, const session &with) {
  const printer out(given.as_json, with.color);
  if (!std::isfinite(given.interval) || given.interval < 0 || given.interval > 86400) {
    throw error(status::invalid_argument,
                fmt::format("Given an interval of {} s, expected one of up to 86400 s.", given.interval));
  }
  monitor_options options;
  options.interval = milliseconds(std::llround(std::ceil(given.interval * 1000)));
  // Nothing tells that a recorded machine changed.
  if (options.interval.count() == 0 && with.machine != "/") options.interval = milliseconds(1000);
  runtime rt(with.options());
  device_monitor monitor = rt.monitor(options);
  const auto begin = std::chrono::system_clock::now();
  for (const watched_device &device : monitor.known()) out.print("present", device, begin, {});
  for (std::uint64_t seen = 0; given.count == 0 || seen < given.count;) {
    const auto event = monitor.wait_for(std::chrono::hours(1));
    if (!event) continue;
    ++seen;
    out.print(to_string(event->change), event->device, event->time, event->detail);
  }
  return exit_code::ok;
}

}  // namespace

void add_watch(command halctl, session &with) {
  const auto given = std::make_shared<arguments>();
  command verb = halctl.add("watch", "Print accelerators as they come, go and are reset");
  verb.flag("--json", given->as_json, "one object a line; docs/halctl-list-schema.md has the schema");
  verb.option("--count", given->count, "end after this many changes");
  verb.option("--interval", given->interval,
              "look every so many seconds instead of waiting for the kernel's events");
  verb.runs([given, &with] { return run(*given, with); });
}

}  // namespace hal::ctl
