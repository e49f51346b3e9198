#include "discovery/system_checks.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <system_error>

namespace hal::discovery {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
// Below this, staging buffers of ordinary size cannot be locked.
constexpr std::uint64_t least_locked_memory = 64 * mebibyte;
// Containers get 64 MiB unless they are told otherwise, and programs that share tensors through it need more.
constexpr std::uint64_t little_shared_memory = 64 * mebibyte;

// One line of devices.list: "c 195:* rw".
struct device_rule {
  char type = 0;
  std::optional<unsigned> major;
  std::optional<unsigned> minor;
  std::string access;
};

std::optional<unsigned> number(const std::string &text) {
  unsigned value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} && stop == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<device_rule> parse_rules(const std::string &text) {
  std::vector<device_rule> rules;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    device_rule rule;
    std::string numbers;
    if (!(words >> rule.type >> numbers >> rule.access)) continue;
    const std::size_t colon = numbers.find(':');
    if (colon == std::string::npos) continue;
    rule.major = number(numbers.substr(0, colon));
    rule.minor = number(numbers.substr(colon + 1));
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool allows(const std::vector<device_rule> &rules, unsigned major_number, unsigned minor_number) {
  return std::any_of(rules.begin(), rules.end(), [=](const device_rule &rule) {
    return (rule.type == 'a' || rule.type == 'c') && rule.major.value_or(major_number) == major_number &&
           rule.minor.value_or(minor_number) == minor_number && rule.access.find('r') != std::string::npos &&
           rule.access.find('w') != std::string::npos;
  });
}

// The process's folder in the hierarchy of version 1 that rules devices; nothing where there is none.
std::optional<fs::path> rules_file(const system_view &system) {
  const fs::path top = "/sys/fs/cgroup/devices";
  std::istringstream groups(small_file(system.at("/proc/self/cgroup")));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers.find(",devices,") == std::string::npos) continue;
    // Inside of a container the folder is often mounted as the top.
    for (const fs::path &folder : {top / fs::path(line.substr(second + 1)).relative_path(), top}) {
      std::error_code ignored;
      if (fs::exists(system.at(folder / "devices.list"), ignored)) return folder / "devices.list";
    }
  }
  return std::nullopt;
}

}  // namespace

system_facts facts_of_this_system() {
  system_facts facts;
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    facts.locked_memory_limit = limit.rlim_cur;
  struct statvfs shared {};
  if (::statvfs("/dev/shm", &shared) == 0)
    facts.shared_memory_size = shared.f_frsize * std::uint64_t{shared.f_blocks};
  return facts;
}

system_check check_locked_memory(const system_facts &facts) {
  if (!facts.locked_memory_limit)
    return {"locked_memory", check_result::ok, "Memory may be locked without limit."};
  if (*facts.locked_memory_limit < least_locked_memory) {
    return {"locked_memory", check_result::warning,
            fmt::format(
                "At most {} KiB of memory may be locked; drivers that pin host memory can fail or be slow. "
                "Raise the limit (ulimit -l unlimited, or memlock in /etc/security/limits.conf).",
                *facts.locked_memory_limit / 1024)};
  }
  return {"locked_memory", check_result::ok,
          fmt::format("{} MiB of memory may be locked.", *facts.locked_memory_limit / mebibyte)};
}

system_check check_shared_memory(const system_facts &facts) {
  if (!facts.shared_memory_size) {
    return {"shared_memory", check_result::failure,
            "There is no /dev/shm, by which processes share memory. Mount a tmpfs there."};
  }
  if (*facts.shared_memory_size <= little_shared_memory) {
    return {
        "shared_memory", check_result::warning,
        fmt::format("/dev/shm has {} MiB; programs that share data between processes run out of it. Make it "
                    "larger (for a container: --shm-size=1g or --ipc=host).",
                    *facts.shared_memory_size / mebibyte)};
  }
  return {"shared_memory", check_result::ok,
          fmt::format("/dev/shm has {} MiB.", *facts.shared_memory_size / mebibyte)};
}

system_check check_sysfs(const system_view &system) {
  std::error_code ignored;
  if (fs::is_directory(system.at("/sys/bus/pci/devices"), ignored))
    return {"sysfs", check_result::ok, "/sys is mounted and has a PCI bus."};
  if (fs::is_directory(system.at("/sys/bus"), ignored)) {
    return {"sysfs", check_result::warning,
            "/sys is mounted and has no PCI bus: only devices that are on none can be found."};
  }
  return {
      "sysfs", check_result::failure,
      "/sys is not mounted, so no device can be found on a bus. Mount it (in a container: -v /sys:/sys:ro)."};
}

system_check check_device_rules(const system_view &system, const std::vector<manifest> &plugins) {
  std::error_code ignored;
  if (const auto file = rules_file(system)) {
    const std::vector<device_rule> rules = parse_rules(small_file(system.at(*file)));
    for (const manifest &plugin : plugins) {
      for (const std::string &pattern : plugin.needs.device_nodes) {
        for (const fs::path &node : matching_files(system, pattern)) {
          struct stat facts {};
          if (::stat(system.at(node).c_str(), &facts) != 0 || !S_ISCHR(facts.st_mode)) continue;
          const unsigned major_number = major(facts.st_rdev);
          const unsigned minor_number = minor(facts.st_rdev);
          if (allows(rules, major_number, minor_number)) continue;
          return {"device_rules", check_result::failure,
                  fmt::format(
                      "The control group forbids {} ({}:{}), which the {} plugin needs. Start the container "
                      "or the job with that device.",
                      node.string(), major_number, minor_number, plugin.name)};
        }
      }
    }
    return {"device_rules", check_result::ok,
            "The control group allows every device node that the plugins need and that is there."};
  }
  if (fs::exists(system.at("/sys/fs/cgroup/cgroup.controllers"), ignored)) {
    return {
        "device_rules", check_result::ok,
        "The device rules of this control group (version 2) cannot be read; a node that is there and still "
        "cannot be opened is forbidden by them."};
  }
  return {"device_rules", check_result::ok, "No control group rules devices."};
}

std::vector<system_check> check_system(const system_view &system, const system_facts &facts,
                                       const std::vector<manifest> &plugins) {
  std::vector<system_check> all;
  if (!system.recorded) {
    all.push_back(check_locked_memory(facts));
    all.push_back(check_shared_memory(facts));
  }
  all.push_back(check_sysfs(system));
  if (!system.recorded) all.push_back(check_device_rules(system, plugins));
  return all;
}

}  // namespace hal::discovery
