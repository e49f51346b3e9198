// Our own declarations of the HIP runtime API, as far as this plugin uses it: types, constants and record
// layouts of hip_runtime_api.h 5.2 to 7. tests/unit/plugins/hip/header_test.cpp holds them against a real
// header where there is one. What changed between versions says so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hal::plugins::hip::driver {

using device = int;
using deviceptr = void *;
using context = struct context_record *;
using stream = struct stream_record *;
using event = struct event_record *;
using module = struct module_record *;
using function = struct function_record *;
using graph = struct graph_record *;
using graph_node = struct graph_node_record *;
using graph_exec = struct graph_exec_record *;
using memory_pool = struct memory_pool_record *;
using external_memory = void *;
using host_function = void (*)(void *);

// hipError_t: any number may come back, also from a runtime that is newer than this list.
enum result : int {
#define HAL_HIP_RESULT(name, number, status, since) name = number,
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
};

enum device_attribute : int {
  ecc_enabled = 0,
  async_engine_count = 2,
  clock_rate = 5,  // kHz
  compute_mode = 6,
  concurrent_managed_access = 9,
  cooperative_launch = 10,
  integrated = 16,
  l2_cache_size = 19,
  managed_memory = 24,
  max_block_dim_x = 26,  // y and z follow
  max_grid_dim_x = 29,   // y and z follow
  max_threads_per_block = 56,
  max_threads_per_multiprocessor = 57,
  max_pitch = 58,
  global_memory_bus_width = 59,
  memory_clock_rate = 60,  // kHz
  multiprocessor_count = 63,
  pageable_memory_access = 65,
  max_registers_per_block = 71,
  max_shared_memory_per_block = 74,
  warp_size = 87,
  memory_pools_supported = 88,
  large_bar = 10011,
  asic_revision = 10012,
  fine_grain_support = 10016,
  xcc_count = 10018,    // from HIP 7 on
  pci_chip_id = 10020,  // from HIP 7 on
};

enum p2p_attribute : int { p2p_access_supported = 1, p2p_native_atomics = 2 };

enum function_attribute : int {
  function_max_threads_per_block = 0,
  function_shared_size = 1,
  function_local_size = 3,
  function_registers = 4
};

// What a pointer points to. HIP 6 changed the numbers: `_5` are those before.
enum memory_type : unsigned {
  memory_host = 1,
  memory_device = 2,
  memory_managed = 3,
  memory_host_5 = 0,
  memory_device_5 = 1
};

// Pinned host memory counts as a device's to us and as the host's to the runtime: it looks at the addresses.
enum copy_kind : int { copy_by_address = 4 };
enum capture_mode : int { capture_relaxed = 2 };
enum pool_attribute : int { pool_release_threshold = 4 };
enum allocation_type : int { allocation_pinned = 1 };
enum allocation_handle_type : int { handle_none = 0 };
enum range_handle_type : int { range_dma_buf_fd = 1 };
enum location_type : int { location_device = 1 };
enum access_flags : int { access_read_write = 3 };
enum external_memory_type : int { external_opaque_fd = 1 };
enum graph_update_result : int { graph_update_success = 0 };
enum link_type : std::uint32_t { link_pcie = 2, link_xgmi = 4 };  // of hipExtGetLinkTypeAndHopCount

inline constexpr unsigned stream_non_blocking = 1;
inline constexpr unsigned event_disable_timing = 2;
inline constexpr unsigned host_portable = 1;
inline constexpr unsigned host_device_map = 2;
inline constexpr unsigned host_coherent = 0x40000000;
inline constexpr unsigned malloc_fine_grained = 1;
inline constexpr unsigned managed_attach_global = 1;
// Headers before 5.3 call 0 what later ones call 1, and neither runtime takes the other's.
inline constexpr unsigned ipc_lazy_enable_peer_access = 1;
inline constexpr unsigned ipc_lazy_enable_peer_access_52 = 0;

struct uuid {
  char bytes[16];
};

struct location {
  location_type type;
  int id;
};

struct access_description {
  location where;
  access_flags flags;
};

struct pool_properties {
  allocation_type type;
  allocation_handle_type handle_types;
  location where;
  void *win32_security;
  std::size_t max_size;  // named by newer headers, reserved and 0 in older ones
  unsigned char reserved[56];
};

struct pointer_facts {
  memory_type type;
  int device;
  void *device_address;
  void *host_address;
  int is_managed;
  unsigned flags;
};

struct ipc_memory_handle {
  char bytes[64];
};

// Newer runtimes read reserved fields behind these, which are 0.
struct external_memory_description {
  external_memory_type type;
  union {
    int fd;
    struct {
      void *handle;
      const void *name;
    } win32;
  } handle;
  unsigned long long size;
  unsigned flags;
  unsigned reserved[16];
};

struct external_buffer_description {
  unsigned long long offset, size;
  unsigned flags;
  unsigned reserved[16];
};

// Room for hipDeviceProp_t of any version; see architecture_of in describe.hpp.
struct device_properties {
  char name[256];  // first in every version
  char rest[16128];
};

}  // namespace hal::plugins::hip::driver
