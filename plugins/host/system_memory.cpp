#include "plugins/host/system_memory.hpp"

#include <algorithm>
#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/host/cgroup.hpp"

namespace hal::plugins::host {
namespace {

std::uint64_t kibibytes(std::string_view text, std::string_view key) {
  const auto value = value_of(text, key);
  if (!value) return 0;
  return parse_number(value->substr(0, value->find(' '))).value_or(0) * 1024;
}

}  // namespace

system_memory read_system_memory(const file_tree &files) {
  const auto text = files.text("/proc/meminfo", 1024);
  system_memory memory;
  if (text) {
    memory.total = kibibytes(*text, "MemTotal");
    memory.available = kibibytes(*text, "MemAvailable");
  }
  if (memory.total == 0) {
    throw plugin::failure(HAL_STATUS_UNAVAILABLE,
                          "/proc/meminfo could not be read or holds no MemTotal; mount /proc.");
  }
  const cgroup_limits limits = read_cgroup_limits(files, false, true);
  if (limits.memory) memory.total = std::min(memory.total, *limits.memory);
  memory.available = std::min(memory.available, memory.total);
  if (limits.memory_available) memory.available = std::min(memory.available, *limits.memory_available);
  return memory;
}

}  // namespace hal::plugins::host
