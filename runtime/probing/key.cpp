#include "runtime/probing/key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <string_view>
#include <vector>

#include "discovery/elf_needs.hpp"
#include "discovery/match.hpp"
#include "hal/version.hpp"

namespace hal::rt {
namespace fs = std::filesystem;
namespace {

std::string identity(const fs::path &file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return "none";
  return fmt::format("{}:{} {} {}.{:09} {}.{:09}", facts.st_dev, facts.st_ino, facts.st_size,
                     facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_ctim.tv_sec,
                     facts.st_ctim.tv_nsec);
}

class key_writer {
 public:
  explicit key_writer(const discovery::system_view &system) : system_(system) {}

  // Lengths keep two values from being taken for one.
  void put(std::string_view what, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), "{} {}:{}\n", what, value.size(), value);
  }
  void file(std::string_view what, const fs::path &path) {
    put(what, path.string());
    put("  is", identity(system_.at(path)));
  }
  void content(const fs::path &path) { put(path.string(), discovery::small_file(system_.at(path))); }
  std::string text() && { return std::move(text_); }

 private:
  const discovery::system_view &system_;
  std::string text_;
};

void put_user(key_writer &key) {
  std::array<gid_t, 1024> groups{};
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  key.put("user", fmt::format("{} {} {}", ::geteuid(), ::getegid(),
                              fmt::join(groups.begin(), groups.begin() + std::max(count, 0), ",")));
  struct stat mounts {};
  ::stat("/proc/self/ns/mnt", &mounts);  // its times are those of the first look
  key.put("mounts", fmt::format("{}:{}", mounts.st_dev, mounts.st_ino));
}

// The group's own limits and those of the groups above it (cgroup v2); of version 1 what a container sees as
// its root.
void put_cgroup(key_writer &key) {
  const std::string groups = discovery::small_file("/proc/self/cgroup");
  key.put("cgroup", groups);
  for (const char *limit : {"memory/memory.limit_in_bytes", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"})
    key.content(fs::path("/sys/fs/cgroup") / limit);
  constexpr std::string_view mark = "0::";
  const std::size_t at = groups.starts_with(mark) ? 0 : groups.find("\n0::");
  if (at == std::string::npos) return;
  std::string path = groups.substr(groups.find(mark, at) + mark.size());
  path.resize(std::min(path.find('\n'), path.size()));
  for (fs::path own = path;; own = own.parent_path()) {
    const fs::path folder = fs::path("/sys/fs/cgroup") / own.relative_path();
    for (const char *limit : {"memory.max", "cpu.max", "cpuset.cpus.effective"}) key.content(folder / limit);
    if (!own.has_relative_path()) break;
  }
}

void put_processors(key_writer &key) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> usable;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) usable.push_back(cpu);
    }
  }
  key.put("processors", fmt::format("{}", fmt::join(usable, ",")));
  key.put("memory", std::to_string(::sysconf(_SC_PHYS_PAGES)));
}

void put_hardware(key_writer &key, const discovery::manifest &manifest,
                  const discovery::inventory &hardware) {
  for (const discovery::found_device &found : hardware.devices) {
    if (discovery::match(manifest, found.pci) == discovery::match_rank::none) continue;
    key.put("device", fmt::format("{} {} {:x} {}", to_string(found.pci.address), discovery::ids(found.pci),
                                  found.pci.revision.value_or(0), found.pci.driver.value_or("?")));
  }
}

}  // namespace

std::string probe_key(const catalog_entry &plugin, const discovery::inventory &hardware,
                      const discovery::system_view &system, const discovery::library_search &libraries,
                      const fs::path &helper) {
  const discovery::plugin_needs &needs = plugin.manifest.needs;
  key_writer key(system);
  key.put("hal", fmt::format("{} {}.{}", version(), HAL_ABI_MAJOR, HAL_ABI_MINOR));
  key.file("helper", helper);
  key.file("manifest", plugin.facts.manifest);
  key.file("plugin", plugin.facts.library);
  key.content("/proc/sys/kernel/random/boot_id");
  put_user(key);
  put_cgroup(key);
  put_processors(key);
  put_hardware(key, plugin.manifest, hardware);
  key.file("linker cache", "/etc/ld.so.cache");
  for (const char *name : {"LD_LIBRARY_PATH", "LD_PRELOAD"})
    key.put(name, system.variable(name).value_or(""));
  const std::vector<std::string> runpath = needs.libraries.empty()
                                               ? std::vector<std::string>()
                                               : discovery::read_elf_needs(plugin.facts.library).runpath;
  for (const discovery::vendor_library &library : needs.libraries) {
    key.put("library", library.file);
    key.file("  found", libraries.find(library.file, runpath).value_or(""));
    for (const std::string &other : library.others)
      key.file("  found", libraries.find(other, runpath).value_or(""));
  }
  for (const std::string &driver : needs.kernel_drivers) {
    const fs::path folder = fs::path("/sys/module") / driver;
    key.content(folder / "version");
    key.content(folder / "srcversion");
  }
  for (const std::string &pattern : needs.device_nodes) {
    for (const fs::path &node : discovery::matching_files(system, pattern)) {
      key.file("node", node);
      key.put("  usable", ::access(system.at(node).c_str(), R_OK | W_OK) == 0 ? "yes" : "no");
    }
  }
  for (const std::string &name : needs.visibility_variables) {
    const auto value = system.variable(name);
    key.put(name, value ? "=" + *value : "");
  }
  return std::move(key).text();
}

bool is_lasting(const probe_result &result) {
  if (result.end != probe_end::reported) return false;
  if (result.report.verdict == probe_verdict::answered) return result.report.warnings.empty();
  // Whatever a library lacks may be installed anywhere.
  return result.report.verdict == probe_verdict::refused && result.report.code != status::unavailable;
}

}  // namespace hal::rt
