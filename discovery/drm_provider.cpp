#include "discovery/drm_provider.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "discovery/class_device.hpp"

namespace hal::discovery {
namespace {

constexpr std::size_t most_entries = 65536;

// "card0" and "renderD128", not "card0-DP-1" or "version".
bool is_numbered(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
  name.remove_prefix(prefix.size());
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Drivers of what the firmware left on the screen, of devices that exist in memory only, and of parts of
// a GPU that /sys/class/kfd tells more of.
bool computes_nothing(std::string_view driver) {
  constexpr std::array names = {
      "simple-framebuffer", "simpledrm",      "ofdrm", "efidrm", "vesadrm", "vgem", "vkms",
      "amdgpu_xcp",         "amdgpu_xcp_drv", "evdi",  "udl",    "gm12u320"};
  return std::find(names.begin(), names.end(), driver) != names.end();
}

bool is_virtual(const class_device &device) {
  return device.path.find("/virtual/") != std::string::npos ||
         device.path.find("/faux/") != std::string::npos || device.bus_name.starts_with("amdgpu_xcp") ||
         device.bus_name.starts_with("vgem") || device.bus_name.starts_with("vkms");
}

// What the device tree's vendor prefixes are called by PCI.
std::optional<std::uint16_t> vendor_of(std::string_view compatible) {
  if (compatible.starts_with("nvidia,")) return 0x10de;
  if (compatible.starts_with("qcom,")) return 0x17cb;
  return std::nullopt;
}

struct entry_group {
  class_device device;
  std::vector<std::string> entries;  // "card0", "renderD128"
};

class class_scan {
 public:
  class_scan(const std::string &folder, pci_functions functions)
      : functions_(functions),
        folder_(sysfs::open_directory(AT_FDCWD, folder.c_str())),
        list_(sysfs::list_names(AT_FDCWD, folder.c_str(), most_entries)) {
    if (list_.opened && list_.error != 0) {
      result.warnings.push_back({std::nullopt, fmt::format("{} could not be read to its end: {}.", folder,
                                                           sysfs::error_text(list_.error))});
    }
    std::sort(list_.found.begin(), list_.found.end());
  }

  // The devices behind the entries of these kinds: several entries lead to one device.
  std::vector<entry_group> groups(std::initializer_list<std::string_view> prefixes) {
    std::vector<entry_group> groups;
    std::map<std::string, std::size_t> known;
    for (const std::string &name : list_.found) {
      if (std::none_of(prefixes.begin(), prefixes.end(),
                       [&name](std::string_view prefix) { return is_numbered(name, prefix); })) {
        continue;
      }
      auto device = read_class_device(folder_.get(), name);
      if (!device) {
        result.warnings.push_back(
            {std::nullopt, fmt::format("The device behind {} could not be looked at.", name)});
        continue;
      }
      const std::string key =
          device->path.empty() ? device->pci ? to_string(*device->pci) : name : device->path;
      const auto [at, is_new] = known.try_emplace(key, groups.size());
      if (is_new) groups.push_back({std::move(*device), {}});
      groups[at->second].entries.push_back(name);
    }
    return groups;
  }

  driver_device make(std::string_view source, const entry_group &group, std::string_view dev_folder) {
    driver_device out;
    out.source = source;
    out.pci = group.device.pci;
    out.driver = group.device.driver;
    if (!out.pci) {
      out.platform = group.device.bus_name.empty() ? group.entries.front() : group.device.bus_name;
      out.vendor = vendor_of(group.device.compatible);
      out.name = group.device.compatible;
    }
    for (const std::string &entry : group.entries)
      out.nodes.push_back(fmt::format("{}/{}", dev_folder, entry));
    if (functions_ == pci_functions::leave) return out;
    auto function = read_function_behind(folder_.get(), group.entries.front(), group.device, result.warnings);
    if (function) result.functions.push_back(std::move(*function));
    return out;
  }

  provider_result result;

 private:
  pci_functions functions_;
  sysfs::descriptor folder_;
  sysfs::names list_;
};

}  // namespace

provider_result drm_provider::scan() const {
  class_scan scan(folder_, functions_);
  for (const entry_group &group : scan.groups({"card", "renderD"})) {
    if (computes_nothing(group.device.driver) || is_virtual(group.device)) continue;
    const bool renders = std::any_of(group.entries.begin(), group.entries.end(),
                                     [](const std::string &entry) { return entry.starts_with("renderD"); });
    if (!group.device.pci && !renders) continue;
    driver_device device = scan.make("drm", group, "/dev/dri");
    if (!device.pci) device.computes = device_type::gpu;
    scan.result.devices.push_back(std::move(device));
  }
  return std::move(scan.result);
}

provider_result accel_provider::scan() const {
  class_scan scan(folder_, functions_);
  for (const entry_group &group : scan.groups({"accel"})) {
    driver_device device = scan.make("accel", group, "/dev/accel");
    device.computes = device_type::npu;
    scan.result.devices.push_back(std::move(device));
  }
  return std::move(scan.result);
}

}  // namespace hal::discovery
