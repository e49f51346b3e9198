#include "plugins/host/cgroup.hpp"

#include <algorithm>
#include <string>

namespace hal::plugins::host {
namespace {

// Kernels write "no limit" as "max" or as a number near 2^63.
constexpr std::uint64_t no_limit = std::uint64_t{1} << 60;

template <typename Value>
void tighten(std::optional<Value> &limit, Value other) {
  limit = limit ? std::min(*limit, other) : other;
}

void read_processors(const file_tree &files, const std::string &group, bool unified, cgroup_limits &out) {
  std::optional<std::uint64_t> quota, period;
  if (unified) {
    const auto text = files.text(group + "/cpu.max", 64);
    if (!text) return;
    const std::size_t space = std::min(text->find(' '), text->size());
    quota = parse_number(std::string_view(*text).substr(0, space));
    period = parse_number(std::string_view(*text).substr(space));
  } else {
    quota = files.number(group + "/cpu.cfs_quota_us");
    period = files.number(group + "/cpu.cfs_period_us");
  }
  if (quota && period && *period != 0)
    tighten(out.processors, static_cast<double>(*quota) / static_cast<double>(*period));
}

void read_memory(const file_tree &files, const std::string &group, bool unified, cgroup_limits &out) {
  const auto limit = files.number(group + (unified ? "/memory.max" : "/memory.limit_in_bytes"));
  if (!limit || *limit >= no_limit) return;
  tighten(out.memory, *limit);
  const auto used = files.number(group + (unified ? "/memory.current" : "/memory.usage_in_bytes"));
  if (!used) return;
  const auto statistics = files.text(group + "/memory.stat");
  const auto cache =
      statistics ? value_of(*statistics, unified ? "inactive_file" : "total_inactive_file") : std::nullopt;
  const std::uint64_t reclaimable =
      std::min(cache ? parse_number(*cache).value_or(0) : std::uint64_t{0}, *used);
  const std::uint64_t needed = *used - reclaimable;
  tighten(out.memory_available, *limit > needed ? *limit - needed : std::uint64_t{0});
}

// Calls visit(directory) for the group and its parents. A container that sees only its own part of the tree
// lacks the lower directories; the mount's root stands for them.
template <typename Visit>
void walk_up(const std::string &mount, std::string path, Visit &&visit) {
  while (path.size() > 1) {
    visit(mount + path);
    path.resize(path.rfind('/'));
  }
  visit(mount);
}

bool has_controller(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == wanted) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

cgroup_limits read_cgroup_limits(const file_tree &files, bool with_processors, bool with_memory) {
  cgroup_limits limits;
  const auto membership = files.text("/proc/self/cgroup");
  if (!membership) return limits;
  for (std::string_view line : lines_of(*membership)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    const bool unified = controllers.empty();
    const std::string mount = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + std::string(controllers);
    if (with_processors && (unified || has_controller(controllers, "cpu"))) {
      walk_up(mount, path, [&](const std::string &group) { read_processors(files, group, unified, limits); });
    }
    if (with_memory && (unified || has_controller(controllers, "memory"))) {
      walk_up(mount, path, [&](const std::string &group) { read_memory(files, group, unified, limits); });
    }
  }
  return limits;
}

}  // namespace hal::plugins::host
