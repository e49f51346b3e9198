#include "runtime/recording/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include "discovery/pci_sysfs.hpp"
#include "discovery/sysfs_files.hpp"
#include "hal/error.hpp"
#include "runtime/machine_layout.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace sysfs = discovery::sysfs;
namespace {

constexpr std::size_t most_names = std::size_t{1} << 20;
constexpr std::size_t longest_file = std::size_t{1} << 20;

using filter = std::function<std::string(std::string_view)>;

// Only the lines that begin with one of these.
filter lines_with(std::vector<std::string_view> beginnings) {
  return [beginnings](std::string_view text) {
    std::string kept;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (std::any_of(beginnings.begin(), beginnings.end(),
                      [line](std::string_view beginning) { return line.starts_with(beginning); })) {
        kept.append(line).push_back('\n');
      }
    }
    return kept;
  };
}

class recorder {
 public:
  explicit recorder(const fs::path &root) : root_(root.string()) {
    while (root_.ends_with('/')) root_.pop_back();
  }

  void processors();
  void bus();
  void class_of(const std::string &kind, std::initializer_list<std::string_view> prefixes);
  void compute_nodes();
  void nvidia();

  recording take() {
    recording all;
    for (auto &[path, entry] : entries_) all.entries.push_back(std::move(entry));
    all.unread = std::move(unread_);
    return all;
  }

 private:
  std::string real(const std::string &path) const { return root_ + "/" + path; }

  void add(recorded_entry::kind what, const std::string &path, std::string content) {
    entries_.try_emplace(path, recorded_entry{what, path, std::move(content)});
  }
  void could_not(const std::string &path, std::string_view why) {
    unread_.push_back(fmt::format("/{} could not be read: {}.", path, why));
  }

  void file(const std::string &path, const filter &change = {}) {
    const sysfs::attribute read = sysfs::read_text(AT_FDCWD, real(path).c_str(), longest_file);
    if (read.text) {
      add(recorded_entry::kind::file, path, change ? change(*read.text) : *read.text + "\n");
    } else if (!read.absent && read.why != "empty") {
      could_not(path, read.why);
    }
  }

  // The target of a link as a path from the root; empty for what is no link and for one that leads out.
  std::string link(const std::string &path) {
    const sysfs::link_target target = sysfs::read_link(AT_FDCWD, real(path).c_str());
    if (!target.path) return {};
    const std::string led_to =
        (fs::path(path).parent_path() / *target.path).lexically_normal().generic_string();
    if (fs::path(*target.path).is_absolute() || led_to.starts_with("..")) return {};
    add(recorded_entry::kind::link, path, *target.path);
    return led_to;
  }

  std::vector<std::string> names(const std::string &path) {
    const sysfs::names list = sysfs::list_names(AT_FDCWD, real(path).c_str(), most_names);
    if (list.error != 0 && list.error != ENOENT && list.error != ENOTDIR)
      could_not(path, sysfs::error_text(list.error));
    return list.found;
  }

  void function(const std::string &folder);
  void configuration(const std::string &folder);

  std::string root_;
  std::map<std::string, recorded_entry> entries_;
  std::vector<std::string> unread_;
};

void recorder::processors() {
  const std::string system = "sys/devices/system/";
  for (const std::string &name : names(system + "cpu")) {
    if (!name.starts_with("cpu") || name.size() < 4 || name[3] < '0' || name[3] > '9') continue;
    for (const char *fact : {"physical_package_id", "core_cpus_list", "thread_siblings_list"})
      file(system + "cpu/" + name + "/topology/" + fact);
  }
  for (const std::string &name : names(system + "node")) {
    if (!name.starts_with("node")) continue;
    for (const char *fact : {"cpulist", "distance"}) file(system + "node/" + name + "/" + fact);
  }
}

void recorder::configuration(const std::string &folder) {
  const sysfs::descriptor file(
      ::open(real(folder + "/config").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) {
    if (errno != ENOENT) could_not(folder + "/config", sysfs::error_text(errno));
    return;
  }
  std::array<char, 4096> bytes;
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + length, bytes.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) could_not(folder + "/config", sysfs::error_text(errno));
    if (count <= 0) break;
    length += static_cast<std::size_t>(count);
  }
  if (length != 0) {
    add(recorded_entry::kind::file, folder + "/config", without_serial_numbers({bytes.data(), length}));
  }
}

void recorder::function(const std::string &folder) {
  static const filter identity = lines_with({"DRIVER=", "PCI_", "MODALIAS="});
  file(folder + "/uevent", identity);
  for (const char *fact : {"vendor", "device", "class", "revision", "subsystem_vendor", "subsystem_device",
                           "numa_node", "local_cpulist", "sriov_numvfs", "power/runtime_status"}) {
    file(folder + "/" + fact);
  }
  for (const char *fact : {"driver", "iommu_group", "physfn"}) link(folder + "/" + fact);
  for (const char *kind : {"accel", "drm", "infiniband", "net", "nvme"}) {
    for (const std::string &name : names(folder + "/" + kind)) {
      const std::string path = folder + "/" + kind + "/" + name;
      add(recorded_entry::kind::folder, path, {});
      file(path + "/uevent");
    }
  }
  const auto asleep = entries_.find(folder + "/power/runtime_status");
  if (asleep != entries_.end()) {
    std::string_view status = asleep->second.content;
    if (sysfs::is_asleep(status.substr(0, status.find('\n')))) return;
  }
  for (const char *fact : {"current_link_speed", "current_link_width", "max_link_speed", "max_link_width",
                           "secondary_bus_number", "subordinate_bus_number", "resource"}) {
    file(folder + "/" + fact);
  }
  for (int index = 0; index < 6; ++index) file(fmt::format("{}/resource{}_resize", folder, index));
  configuration(folder);
}

void recorder::bus() {
  for (const char *folder : {"sys/bus", "sys/bus/pci/devices"}) {
    std::error_code ignored;
    if (fs::is_directory(real(folder), ignored)) add(recorded_entry::kind::folder, folder, {});
  }
  for (const std::string &name : names("sys/bus/pci/devices")) {
    const std::string path = "sys/bus/pci/devices/" + name;
    const std::string folder = link(path);
    function(folder.empty() ? path : folder);
  }
  file("proc/bus/pci/devices");
}

void recorder::class_of(const std::string &kind, std::initializer_list<std::string_view> prefixes) {
  for (const std::string &name : names("sys/class/" + kind)) {
    const bool wanted = name.find('-') == std::string::npos &&
                        std::any_of(prefixes.begin(), prefixes.end(),
                                    [&name](std::string_view prefix) { return name.starts_with(prefix); });
    if (!wanted) continue;
    const std::string path = "sys/class/" + kind + "/" + name;
    const std::string linked = link(path);
    const std::string folder = linked.empty() ? path : linked;
    file(folder + "/uevent");
    const std::string behind = link(folder + "/device");
    const std::string device = behind.empty() ? folder + "/device" : behind;
    if (entries_.contains(device + "/vendor")) continue;  // a PCI function, which is there already
    file(device + "/uevent", lines_with({"DRIVER=", "OF_COMPATIBLE_", "PCI_", "MODALIAS="}));
    link(device + "/driver");
  }
}

// Ids that single a GPU out, counted anew: equal ones stay equal.
std::string count_ids(std::string_view text, std::map<std::string, std::size_t> &known) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t space = line.find(' ');
    const std::string_view name = line.substr(0, space);
    if ((name == "unique_id" || name == "hive_id") && !line.ends_with(" 0")) {
      out +=
          fmt::format("{} {}\n", name, known.try_emplace(std::string(line), known.size() + 1).first->second);
    } else {
      out.append(line).push_back('\n');
    }
  }
  return out;
}

void recorder::compute_nodes() {
  const std::string folder = "sys/class/kfd/kfd/topology/nodes";
  std::map<std::string, std::size_t> known;
  std::vector<std::string> nodes = names(folder);
  std::sort(nodes.begin(), nodes.end());
  for (const std::string &name : nodes) {
    file(folder + "/" + name + "/properties",
         [&known](std::string_view text) { return count_ids(text, known); });
  }
}

void recorder::nvidia() {
  const std::string folder = "proc/driver/nvidia/gpus";
  for (const std::string &name : names(folder)) {
    add(recorded_entry::kind::folder, folder + "/" + name, {});
    file(folder + "/" + name + "/information", lines_with({"Model:", "Bus Location:", "Device Minor:"}));
  }
}

}  // namespace

recording record_machine(const fs::path &machine) {
  std::error_code ignored;
  const machine_layout parts = fs::is_directory(machine, ignored) ? layout_of(machine) : machine_layout{};
  if (parts.root.empty() ||
      (!fs::is_directory(parts.root / "sys", ignored) && !fs::is_directory(parts.root / "proc", ignored))) {
    throw error(
        status::invalid_argument,
        fmt::format("'{}' cannot be captured: it is no folder that holds sys/ or proc/.", machine.string()));
  }
  recorder all(parts.root);
  all.processors();
  all.bus();
  all.class_of("drm", {"card", "renderD"});
  all.class_of("accel", {"accel"});
  all.compute_nodes();
  all.nvidia();
  return all.take();
}

}  // namespace hal::rt
