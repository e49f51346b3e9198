#include "runtime/topology/files.hpp"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <system_error>

#include "discovery/match.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

using names = std::vector<std::string>;

void add(names &to, const std::string &name) {
  if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
}

// "/dev/dri/card0" for a device below a class folder of a PCI function: the kernel writes it into `uevent`.
std::string device_file(const fs::path &device, const std::string &class_name) {
  std::error_code ignored;
  if (fs::is_regular_file(device / "uevent", ignored)) {
    std::ifstream text(device / "uevent");
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with("DEVNAME=")) return "/dev/" + line.substr(8);
    }
    return {};
  }
  // Recordings that leave `uevent` out.
  const std::string name = device.filename().string();
  if (class_name == "drm" && (name.starts_with("card") || name.starts_with("renderD")))
    return "/dev/dri/" + name;
  if (class_name == "accel" && name.starts_with("accel")) return "/dev/accel/" + name;
  return {};
}

std::vector<fs::path> folders_in(const fs::path &folder) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (!at->is_symlink(ignored) && at->is_directory(ignored)) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

names files_in_sysfs(const fs::path &machine, const pci_address &address) {
  names found;
  for (const fs::path &of_class : folders_in(machine / "sys/bus/pci/devices" / to_string(address))) {
    for (const fs::path &device : folders_in(of_class)) {
      const std::string name = device_file(device, of_class.filename().string());
      if (!name.empty() && name.find("..") == std::string::npos) add(found, name);
    }
  }
  return found;
}

bool has_wildcard(const std::string &pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

// Paths as the machine itself names them.
names matches(const fs::path &machine, const std::string &pattern) {
  if (!pattern.starts_with("/dev/")) return {};
  const std::string root = machine == "/" ? "" : machine.string();
  std::string escaped;
  for (const char character : root) {
    if (std::string_view("*?[\\").find(character) != std::string_view::npos) escaped += '\\';
    escaped += character;
  }
  glob_t found{};
  names all;
  if (glob((escaped + pattern).c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      std::error_code ignored;
      const std::string path = found.gl_pathv[i];
      if (!fs::is_directory(path, ignored)) all.push_back(path.substr(root.size()));
    }
  }
  globfree(&found);
  return all;
}

struct numbered_name {
  std::string stem;
  std::uint64_t number = 0;
};

std::optional<numbered_name> split(const std::string &name) {
  const std::size_t begin = name.find_last_not_of("0123456789") + 1;
  numbered_name parts{name.substr(0, begin), 0};
  const char *const end = name.data() + name.size();
  const auto [stop, code] = std::from_chars(name.data() + begin, end, parts.number);
  if (begin == name.size() || code != std::errc{} || stop != end) return std::nullopt;
  return parts;
}

// The devices that one plugin claims most closely, by index.
std::vector<std::size_t> claimed_by(std::size_t plugin, const discovery::inventory &hardware,
                                    std::span<const discovery::manifest> manifests) {
  std::vector<std::size_t> devices;
  for (std::size_t i = 0; i < hardware.devices.size(); ++i) {
    const auto claims = discovery::claims(manifests, hardware.devices[i].pci);
    if (!claims.empty() && claims.front().plugin == plugin) devices.push_back(i);
  }
  return devices;
}

void add_needed(const discovery::manifest &plugin, const std::vector<std::size_t> &devices,
                const fs::path &machine, std::vector<device_files> &all) {
  std::map<std::string, std::map<std::uint64_t, std::string>> by_stem;
  names shared;
  for (const std::string &pattern : plugin.needs.device_nodes) {
    const auto is_own = [&pattern](const std::string &name) {
      return fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0;
    };
    const bool covered = std::any_of(devices.begin(), devices.end(), [&](std::size_t device) {
      return std::any_of(all[device].own.begin(), all[device].own.end(), is_own);
    });
    for (const std::string &name : matches(machine, pattern)) {
      const auto parts = has_wildcard(pattern) ? split(name) : std::nullopt;
      if (!parts) {
        add(shared, name);
      } else if (!covered) {
        by_stem[parts->stem].emplace(parts->number, name);
      }
    }
  }
  for (const std::size_t device : devices) all[device].shared = shared;
  for (const auto &[stem, numbers] : by_stem) {
    if (numbers.size() != devices.size()) continue;
    std::size_t next = 0;
    for (const auto &[number, name] : numbers) {
      device_files &one = all[devices[next++]];
      one.own.push_back(name);
      one.by_order = devices.size() > 1;
    }
  }
}

}  // namespace

void add_reported_files(const device_entry &entry, const std::vector<device_property> &properties,
                        reported_files &to) {
  if (!entry.identity.pci || entry.identity.partition) return;
  for (const device_property &property : properties) {
    const auto *const file = std::get_if<std::string>(&property.value);
    if (file == nullptr || !property.name.starts_with("device_file.")) continue;
    if (file->starts_with("/dev/") && file->find("..") == std::string::npos)
      add(to[*entry.identity.pci], *file);
  }
}

std::vector<device_files> find_device_files(const fs::path &machine, const discovery::inventory &hardware,
                                            std::span<const discovery::manifest> manifests,
                                            const reported_files &reported) {
  std::vector<device_files> all;
  for (const discovery::found_device &device : hardware.devices) {
    device_files files;
    files.address = device.pci.address;
    files.own = files_in_sysfs(machine, device.pci.address);
    if (const auto told = reported.find(device.pci.address); told != reported.end()) {
      for (const std::string &name : told->second) add(files.own, name);
    }
    all.push_back(std::move(files));
  }
  for (std::size_t plugin = 0; plugin < manifests.size(); ++plugin)
    add_needed(manifests[plugin], claimed_by(plugin, hardware, manifests), machine, all);

  // A file that udev did not make is of no use. Recordings without /dev are taken at their word.
  std::error_code ignored;
  if (!fs::is_directory(machine / "dev", ignored)) return all;
  for (device_files &files : all) {
    const auto missing = [&machine](const std::string &name) {
      std::error_code code;
      return !fs::exists(machine / name.substr(1), code);
    };
    files.own.erase(std::remove_if(files.own.begin(), files.own.end(), missing), files.own.end());
  }
  return all;
}

}  // namespace hal::rt
