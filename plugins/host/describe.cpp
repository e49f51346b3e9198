#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <string>
#include <string_view>

#include "hal/plugin/failure.hpp"
#include "plugins/host/cgroup.hpp"
#include "plugins/host/cpu_info.hpp"
#include "plugins/host/limits.hpp"
#include "plugins/host/plugin.hpp"
#include "plugins/host/system_memory.hpp"

namespace hal::plugins::host {
namespace {

using plugin::copy_text;

// Names our UUIDs; drawn once at random.
constexpr boost::uuids::uuid uuid_namespace{
    {0x2f, 0x0b, 0x6d, 0x5e, 0x8c, 0x41, 0x4e, 0x0f, 0x9b, 0x57, 0x31, 0xa4, 0xd2, 0x6e, 0x90, 0x7c}};

constexpr std::uint64_t features =
    HAL_FEATURE_KERNELS | HAL_FEATURE_HOST_MEMORY | HAL_FEATURE_SHARED_MEMORY | HAL_FEATURE_ADDRESSES |
    HAL_FEATURE_STREAM_ALLOCATION | HAL_FEATURE_EXPORT_FD | HAL_FEATURE_PEER_ACCESS |
    HAL_FEATURE_POINTER_QUERY | HAL_FEATURE_ADOPT_MEMORY | HAL_FEATURE_TIMESTAMPS |
    HAL_FEATURE_HOST_FUNCTIONS | HAL_FEATURE_GRAPHS | HAL_FEATURE_GRAPH_UPDATE | HAL_FEATURE_COPY_2D |
    HAL_FEATURE_PEER_COPY | HAL_FEATURE_METRICS | HAL_FEATURE_UNIFIED_MEMORY | HAL_FEATURE_MEMORY_EXPORT_FD |
    HAL_FEATURE_MEMORY_IMPORT_FD | HAL_FEATURE_SEPARATE_FAILURES;

// The machine's own id is confidential (machine-id(5)); a hash of it tells nothing and stays the same.
void describe_identity(const file_tree &files, hal_device_identity &out) {
  const auto machine = files.text("/etc/machine-id", 64);
  if (!machine || machine->size() != 32) return;
  const boost::uuids::uuid made = boost::uuids::name_generator_sha1(uuid_namespace)(*machine);
  std::copy(made.begin(), made.end(), out.uuid);
  out.valid |= HAL_IDENTITY_UUID;
}

class property_list {
 public:
  void text(const char *name, std::string_view value) {
    hal_property &made = add(name, "", HAL_PROPERTY_TEXT);
    copy_text(made.text, value);
  }
  void number(const char *name, const char *unit, std::uint64_t value) {
    add(name, unit, HAL_PROPERTY_UNSIGNED).value.unsigned_value = value;
  }
  void real(const char *name, const char *unit, double value) {
    add(name, unit, HAL_PROPERTY_REAL).value.real_value = value;
  }

  std::vector<hal_property> all;

 private:
  hal_property &add(const char *name, const char *unit, hal_property_type type) {
    hal_property &made = all.emplace_back();
    made = {};
    copy_text(made.name, name);
    copy_text(made.unit, unit);
    made.type = type;
    return made;
  }
};

std::uint64_t count_nodes(const file_tree &files) {
  const auto online = files.text("/sys/devices/system/node/online", 256);
  return online ? count_of_list(*online) : 0;
}

}  // namespace

void describe_machine(const file_tree &files, hal_device_description &out) {
  out.type = HAL_DEVICE_TYPE_CPU;
  describe_identity(files, out.identity);
  const cpu_name name = read_cpu_name(files);
  copy_text(out.name, name.name);
  copy_text(out.vendor, name.vendor);
  utsname system{};
  if (uname(&system) == 0) copy_text(out.driver_version, system.release);

  out.memory_total = out.max_allocation = read_system_memory(files).total;
  const cpu_caches caches = read_cpu_caches(files);
  out.l2_cache_size = caches.last_level_size;
  out.cache_line_size = caches.line_size;
  out.allocation_alignment = allocation_alignment;

  const cpu_abilities abilities = own_abilities();
  out.compute_units = usable_processors(files);
  out.max_block_items = max_block_items;
  std::copy_n(max_block, 3, out.max_block);
  std::copy_n(max_grid, 3, out.max_grid);
  out.subgroup_size = abilities.lanes;
  out.max_items_per_unit = max_block_items;
  out.max_arguments_size = max_arguments_size;
  out.shared_memory_per_block = max_shared_memory;
  out.max_dynamic_shared_memory = max_shared_memory;
  out.clock_rate = files.number("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").value_or(0) * 1000;

  out.data_types = abilities.data_types;
  out.features = features;
  copy_text(out.module_formats[0], "elf");
  copy_text(out.module_formats[1], "native");
  for (std::size_t index = 0; index < std::min<std::size_t>(abilities.targets.size(), HAL_TARGETS); ++index)
    copy_text(out.targets[index], abilities.targets[index]);
}

std::vector<hal_property> machine_properties(const file_tree &files) {
  property_list list;
  list.text("host.isa_extensions", own_abilities().extensions);
  if (const std::uint64_t nodes = count_nodes(files)) list.number("host.numa_nodes", "", nodes);
  const auto siblings = files.text("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list", 64);
  if (const unsigned threads = siblings ? count_of_list(*siblings) : 0)
    list.number("host.threads_per_core", "", threads);
  const auto online = files.text("/sys/devices/system/cpu/online", 256);
  if (const unsigned processors = online ? count_of_list(*online) : 0)
    list.number("host.processors_online", "", processors);
  list.number("host.page_size", "B", static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  if (const auto huge = files.number("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"))
    list.number("host.huge_page_size", "B", *huge);
  rlimit locked{};
  if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0) {
    if (locked.rlim_cur == RLIM_INFINITY)
      list.text("host.memlock_limit", "unlimited");
    else
      list.number("host.memlock_limit", "B", locked.rlim_cur);
  }
  const cgroup_limits limits = read_cgroup_limits(files);
  if (limits.processors) list.real("host.cgroup_processors", "", *limits.processors);
  if (limits.memory) list.number("host.cgroup_memory", "B", *limits.memory);
  return std::move(list.all);
}

}  // namespace hal::plugins::host
