#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "discovery/pci_names.hpp"
#include "runtime/hotplug/hotplug.hpp"

namespace hal {

std::string_view to_string(device_change value) noexcept {
  switch (value) {
    case device_change::arrived:
      return "arrived";
    case device_change::gone:
      return "gone";
    case device_change::reset:
      break;
  }
  return "reset";
}

namespace rt {
namespace {

// What a "change" says of a device that was reset or given up: the DRM core's WEDGED (how to recover, "none"
// after a reset that helped), i915's RESET, and the PCI core's ERROR_EVENT while it recovers from a bus
// error.
std::string reset_words(const uevent &event) {
  if (event.action != "change") return {};
  constexpr std::array names = {"WEDGED", "RESET", "ERROR_EVENT"};
  for (const char *const name : names) {
    const auto at = event.properties.find(name);
    if (at != event.properties.end() && !at->second.empty() && at->second != "0")
      return fmt::format("{}={}", name, discovery::printable(at->second));
  }
  return {};
}

bool changes_the_machine(const uevent &event) {
  constexpr std::array actions = {"add", "remove", "move", "online", "offline"};
  return std::find(actions.begin(), actions.end(), event.action) != actions.end();
}

}  // namespace

std::optional<pci_address> function_of(const std::string &path) {
  std::optional<pci_address> last;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = std::string_view(path).substr(begin, end - begin);
    // With its domain: a short form is something else that looks like one.
    if (std::count(part.begin(), part.end(), ':') == 2) {
      if (const auto address = parse_pci_address(part)) last = address;
    }
    begin = end + 1;
  }
  return last;
}

void burst::add(const uevent &event) {
  const auto address = function_of(event.path);
  if (changes_the_machine(event)) {
    look_ = true;
    if (address && event.subsystem == "pci" && event.action == "remove") removed_.insert(*address);
  }
  const std::string words = reset_words(event);
  if (words.empty() || !address) return;
  look_ = true;
  std::string &all = resets_[*address];
  if (all.find(words) == std::string::npos) all += (all.empty() ? "" : ", ") + words;
}

void burst::clear() {
  look_ = false;
  removed_.clear();
  resets_.clear();
}

seen_devices seen_in(const discovery::inventory &hardware) {
  seen_devices all;
  for (const discovery::found_device &found : hardware.devices) {
    watched_device device{found.pci.address, found.type, found.vendor, found.name};
    all.emplace(found.pci.address, seen_device{std::move(device), discovery::ids(found.pci)});
  }
  return all;
}

std::vector<device_event> changes(const seen_devices &before, const seen_devices &now, const burst &between,
                                  std::chrono::system_clock::time_point time) {
  std::vector<device_event> events;
  for (const auto &[address, words] : between.resets()) {
    const auto at = before.find(address);
    if (at != before.end()) events.push_back({device_change::reset, at->second.device, time, words});
  }
  const auto stayed = [&](const pci_address &address, const seen_devices &there, const seen_device &device) {
    const auto at = there.find(address);
    return at != there.end() && at->second.ids == device.ids && !between.removed().contains(address);
  };
  for (const auto &[address, device] : before) {
    if (!stayed(address, now, device)) events.push_back({device_change::gone, device.device, time, {}});
  }
  for (const auto &[address, device] : now) {
    if (!stayed(address, before, device)) events.push_back({device_change::arrived, device.device, time, {}});
  }
  return events;
}

}  // namespace rt
}  // namespace hal
