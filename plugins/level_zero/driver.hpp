// Our own declarations of Level Zero, as far as this plugin uses it: types, constants and record layouts of
// ze_api.h and zes_api.h, specification 1.0 to 1.18. tests/unit/plugins/level_zero/header_test.cpp holds them
// against the real headers where they are installed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hal::plugins::level_zero::driver {

using driver_handle = struct driver_record *;
using device = struct device_record *;
using context = struct context_record *;
using command_queue = struct command_queue_record *;
using command_list = struct command_list_record *;
using fence = struct fence_record *;
using event_pool = struct event_pool_record *;
using event = struct event_record *;
using module = struct module_record *;
using build_log = struct build_log_record *;
using kernel = struct kernel_record *;
using boolean = std::uint8_t;

// ze_result_t: any number may come back, also from a driver that is newer than this list.
enum result : int {
#define HAL_LEVEL_ZERO_RESULT(name, number, status, since) name = number,
#include "plugins/level_zero/results.inc"
#undef HAL_LEVEL_ZERO_RESULT
};

// The first field of every record.
enum structure_type : std::uint32_t {
  driver_properties_type = 0x1,
  driver_ipc_properties_type = 0x2,
  device_properties_type = 0x3,
  compute_properties_type = 0x4,
  module_properties_type = 0x5,
  queue_group_properties_type = 0x6,
  memory_properties_type = 0x7,
  memory_access_properties_type = 0x8,
  cache_properties_type = 0x9,
  p2p_properties_type = 0xb,
  external_memory_properties_type = 0xc,
  context_description_type = 0xd,
  queue_description_type = 0xe,
  list_description_type = 0xf,
  event_pool_description_type = 0x10,
  event_description_type = 0x11,
  fence_description_type = 0x12,
  device_allocation_type = 0x15,
  host_allocation_type = 0x16,
  allocation_properties_type = 0x17,
  export_description_type = 0x18,
  import_fd_type = 0x19,
  export_fd_type = 0x1a,
  module_description_type = 0x1b,
  kernel_description_type = 0x1d,
  kernel_properties_type = 0x1e,
  pci_properties_type = 0x10008,
  relaxed_allocation_type = 0x20001,
  device_properties_1_2_type = 0x20006
};

// What every record begins with.
struct record {
  structure_type type;
  void *next;
};

constexpr std::uint32_t version(std::uint32_t major, std::uint32_t minor) {
  return major << 16 | minor;
}

// ---- What there is ----

struct driver_properties {
  structure_type type;
  void *next;
  std::uint8_t uuid[16];
  std::uint32_t version;
};

enum : std::uint32_t { ipc_memory = 1u << 0 };
struct driver_ipc_properties {
  structure_type type;
  void *next;
  std::uint32_t flags;
};

struct extension {
  char name[256];
  std::uint32_t version;
};

enum device_type : std::uint32_t { gpu = 1, cpu = 2, fpga = 3, copy_accelerator = 4, vpu = 5 };
enum : std::uint32_t { device_integrated = 1u << 0, device_is_part = 1u << 1, device_ecc = 1u << 2 };

struct device_properties {
  structure_type type;
  void *next;
  device_type kind;
  std::uint32_t vendor_id;
  std::uint32_t device_id;
  std::uint32_t flags;
  std::uint32_t part_number;
  std::uint32_t core_clock;  // MHz
  std::uint64_t max_allocation;
  std::uint32_t max_contexts;
  std::uint32_t max_queue_priority;
  std::uint32_t threads_per_unit;
  std::uint32_t simd_width;
  std::uint32_t units_per_subslice;
  std::uint32_t subslices_per_slice;
  std::uint32_t slices;
  std::uint64_t timer_resolution;  // ns a tick; ticks a second in records of device_properties_1_2_type
  std::uint32_t timestamp_bits;
  std::uint32_t kernel_timestamp_bits;
  std::uint8_t uuid[16];
  char name[256];
};

struct compute_properties {
  structure_type type;
  void *next;
  std::uint32_t max_group_items;
  std::uint32_t max_group_size[3];
  std::uint32_t max_group_count[3];
  std::uint32_t max_shared_memory;
  std::uint32_t subgroup_size_count;
  std::uint32_t subgroup_sizes[8];
};

enum : std::uint32_t { module_f16 = 1u << 0, module_f64 = 1u << 1, module_i64_atomics = 1u << 2 };
struct module_properties {
  structure_type type;
  void *next;
  std::uint32_t spirv_version;
  std::uint32_t flags;
  std::uint32_t f16_flags, f32_flags, f64_flags;
  std::uint32_t max_arguments_size;
  std::uint32_t printf_buffer_size;
  std::uint8_t native_kernel[16];
};

enum : std::uint32_t { group_computes = 1u << 0, group_copies = 1u << 1, group_cooperates = 1u << 2 };
struct queue_group_properties {
  structure_type type;
  void *next;
  std::uint32_t flags;
  std::size_t max_fill_pattern;
  std::uint32_t queue_count;
};

struct memory_properties {
  structure_type type;
  void *next;
  std::uint32_t flags;
  std::uint32_t max_clock;  // MHz
  std::uint32_t bus_width;
  std::uint64_t total;
  char name[256];
};

enum : std::uint32_t { access_read_write = 1u << 0 };
struct memory_access_properties {
  structure_type type;
  void *next;
  std::uint32_t host, device, shared, shared_cross_device, shared_system;
};

struct cache_properties {
  structure_type type;
  void *next;
  std::uint32_t flags;
  std::size_t size;
};

enum : std::uint32_t { external_opaque_fd = 1u << 0, external_dma_buf = 1u << 1 };
struct external_memory_properties {
  structure_type type;
  void *next;
  std::uint32_t memory_import, memory_export, image_import, image_export;
};

enum : std::uint32_t { p2p_access = 1u << 0, p2p_atomics = 1u << 1 };
struct p2p_properties {
  structure_type type;
  void *next;
  std::uint32_t flags;
};

struct pci_properties {
  structure_type type;
  void *next;
  std::uint32_t domain, bus, device, function;
  std::int32_t generation, width;
  std::int64_t max_bandwidth;
};

// ---- Contexts, lists, queues, events ----

struct context_description {
  structure_type type;
  const void *next;
  std::uint32_t flags;
};

enum : std::uint32_t { queue_in_order = 1u << 1 };  // 1.9
enum queue_mode : std::uint32_t { queue_asynchronous = 2 };
enum queue_priority : std::uint32_t { priority_normal = 0, priority_low = 1, priority_high = 2 };
struct queue_description {
  structure_type type;
  const void *next;
  std::uint32_t ordinal;
  std::uint32_t index;
  std::uint32_t flags;
  queue_mode mode;
  queue_priority priority;
};

struct list_description {
  structure_type type;
  const void *next;
  std::uint32_t ordinal;
  std::uint32_t flags;
};

struct fence_description {
  structure_type type;
  const void *next;
  std::uint32_t flags;
};

enum : std::uint32_t { pool_host_visible = 1u << 0 };
struct event_pool_description {
  structure_type type;
  const void *next;
  std::uint32_t flags;
  std::uint32_t count;
};

enum : std::uint32_t { scope_host = 1u << 2 };
struct event_description {
  structure_type type;
  const void *next;
  std::uint32_t index;
  std::uint32_t signal, wait;
};

// ---- Memory ----

struct device_allocation {
  structure_type type;
  const void *next;
  std::uint32_t flags;
  std::uint32_t ordinal;
};

struct host_allocation {
  structure_type type;
  const void *next;
  std::uint32_t flags;
};

enum : std::uint32_t { relaxed_max_size = 1u << 0 };
struct relaxed_allocation {
  structure_type type;
  const void *next;
  std::uint32_t flags;
};

enum memory_type : std::uint32_t {
  memory_unknown = 0,
  memory_host = 1,
  memory_device = 2,
  memory_shared = 3
};
struct allocation_properties {
  structure_type type;
  void *next;
  memory_type kind;
  std::uint64_t id;
  std::uint64_t page_size;
};

struct export_description {
  structure_type type;
  const void *next;
  std::uint32_t flags;
};

// Both directions: import_fd_type, export_fd_type.
struct external_fd {
  structure_type type;
  const void *next;
  std::uint32_t flags;
  int fd;
};

struct ipc_handle {
  char bytes[64];
};

struct copy_region {
  std::uint32_t x, y, z, width, height, depth;
};

// ---- Modules and kernels ----

enum module_format : std::uint32_t { format_spirv = 0, format_native = 1 };
struct module_constants {
  std::uint32_t count;
  const std::uint32_t *ids;
  const void **values;
};
struct module_description {
  structure_type type;
  const void *next;
  module_format format;
  std::size_t size;
  const std::uint8_t *bytes;
  const char *flags;
  const module_constants *constants;
};

struct kernel_description {
  structure_type type;
  const void *next;
  std::uint32_t flags;
  const char *name;
};

struct kernel_properties {
  structure_type type;
  void *next;
  std::uint32_t argument_count;
  std::uint32_t required_group[3];
  std::uint32_t required_subgroups;
  std::uint32_t required_subgroup_size;
  std::uint32_t max_subgroup_size;
  std::uint32_t max_subgroups;
  std::uint32_t shared_memory;
  std::uint32_t private_memory;
  std::uint32_t spilled_memory;
  std::uint8_t uuid[32];
};

enum : std::uint32_t { indirect_host = 1u << 0, indirect_device = 1u << 1, indirect_shared = 1u << 2 };

struct group_count {
  std::uint32_t x, y, z;
};

// ---- Sysman ----

namespace sysman {

// Before 1.5 a device of the core is one of Sysman's as well.
using driver_handle = struct sysman_driver_record *;
using device = struct sysman_device_record *;
using power = struct power_record *;
using temperature = struct temperature_record *;
using frequency = struct frequency_record *;
using engine = struct engine_record *;
using memory = struct memory_record *;

enum structure_type : std::uint32_t {
  device_properties_type = 0x1,
  engine_properties_type = 0x5,
  frequency_properties_type = 0x9,
  memory_properties_type = 0xb,
  power_properties_type = 0xd,
  temperature_properties_type = 0x14,
  frequency_state_type = 0x1b,
  memory_state_type = 0x1e
};

struct device_properties {
  structure_type type;
  void *next;
  driver::device_properties core;
  std::uint32_t part_count;
  char serial[64], board[64], brand[64], model[64], vendor[64], version[64];
};

struct power_properties {
  structure_type type;
  void *next;
  boolean on_part;
  std::uint32_t part;
  boolean can_control;
  boolean threshold_supported;
  std::int32_t default_limit, min_limit, max_limit;  // milliwatts
};
struct energy_counter {
  std::uint64_t energy;     // microjoules
  std::uint64_t timestamp;  // microseconds
};
struct sustained_limit {
  boolean enabled;
  std::int32_t power;  // milliwatts
  std::int32_t interval;
};

enum sensor : std::uint32_t { sensor_global = 0, sensor_gpu = 1, sensor_memory = 2 };
struct temperature_properties {
  structure_type type;
  void *next;
  sensor kind;
  boolean on_part;
  std::uint32_t part;
  double max_temperature;
  boolean critical_supported, first_threshold_supported, second_threshold_supported;
};

enum domain : std::uint32_t { domain_gpu = 0, domain_memory = 1 };
struct frequency_properties {
  structure_type type;
  void *next;
  domain kind;
  boolean on_part;
  std::uint32_t part;
  boolean can_control;
  boolean throttle_event_supported;
  double min, max;  // MHz
};
struct frequency_state {
  structure_type type;
  const void *next;
  double voltage, request, tdp, efficient, actual;  // MHz; negative: not known
  std::uint32_t throttle_reasons;
};

enum engine_group : std::uint32_t { engines_all = 0, engines_compute_all = 1 };
struct engine_properties {
  structure_type type;
  void *next;
  engine_group kind;
  boolean on_part;
  std::uint32_t part;
};
struct engine_activity {
  std::uint64_t active;     // microseconds
  std::uint64_t timestamp;  // microseconds
};

enum memory_location : std::uint32_t { location_system = 0, location_device = 1 };
struct memory_properties {
  structure_type type;
  void *next;
  std::uint32_t kind;
  boolean on_part;
  std::uint32_t part;
  memory_location location;
  std::uint64_t physical_size;
  std::int32_t bus_width;
  std::int32_t channels;
};
struct memory_state {
  structure_type type;
  const void *next;
  std::uint32_t health;
  std::uint64_t free, size;
};
struct memory_bandwidth {
  std::uint64_t read, written;  // bytes, counted up
  std::uint64_t max_bandwidth;  // bytes a second
  std::uint64_t timestamp;      // microseconds
};

}  // namespace sysman
}  // namespace hal::plugins::level_zero::driver
