#include "runtime/assumed.hpp"

#include <map>
#include <string>

#include "discovery/models.hpp"

namespace hal::rt {

std::vector<assumed_device> assumed_devices(const inventory &listing) {
  std::vector<assumed_device> all;
  std::map<std::string, std::uint32_t, std::less<>> counted;
  for (const device_entry &entry : listing.devices) {
    if (entry.usable() || entry.parent || entry.type == device_type::cpu) continue;
    assumed_device &made = all.emplace_back(assumed_device{entry.index, {}});
    const discovery::model *known = discovery::find_model(entry.vendor_id, entry.device_id);
    if (known == nullptr) continue;
    const auto at = counted.try_emplace(std::string(known->plugin), 0).first;
    device_info info = discovery::assume(*known, at->second++);
    info.type = entry.type;
    info.identity = entry.identity;
    info.name = entry.name;
    info.vendor = entry.vendor;
    info.device_id = entry.device_id;
    made.info = std::move(info);
  }
  return all;
}

}  // namespace hal::rt
