// Our own declarations of the CUDA driver API, as far as this plugin uses it: types, constants and record
// layouts of cuda.h 11.0 to 13. tests/unit/plugins/cuda/header_test.cpp holds them against a real cuda.h
// where there is one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hal::plugins::cuda::driver {

using device = int;
using deviceptr = unsigned long long;
using allocation_handle = unsigned long long;
using context = struct context_record *;
using stream = struct stream_record *;
using event = struct event_record *;
using module = struct module_record *;
using function = struct function_record *;
using link_state = struct link_record *;
using graph = struct graph_record *;
using graph_node = struct graph_node_record *;
using graph_exec = struct graph_exec_record *;
using memory_pool = struct memory_pool_record *;
using array = struct array_record *;
using external_memory = struct external_memory_record *;
using host_function = void (*)(void *);
using block_to_shared_memory = std::size_t (*)(int block_items);

// CUresult: any number may come back, also from a driver that is newer than this list.
enum result : int {
#define HAL_CUDA_RESULT(name, number, status, since) name = number,
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
};

enum device_attribute : int {
  max_threads_per_block = 1,
  max_block_dim_x = 2,  // y and z follow
  max_grid_dim_x = 5,   // y and z follow
  max_shared_memory_per_block = 8,
  warp_size = 10,
  max_pitch = 11,
  max_registers_per_block = 12,
  clock_rate = 13,  // kHz
  texture_alignment = 14,
  multiprocessor_count = 16,
  kernel_exec_timeout = 17,
  integrated = 18,
  can_map_host_memory = 19,
  compute_mode = 20,
  ecc_enabled = 32,
  memory_clock_rate = 36,  // kHz
  global_memory_bus_width = 37,
  l2_cache_size = 38,
  max_threads_per_multiprocessor = 39,
  async_engine_count = 40,
  compute_capability_major = 75,
  compute_capability_minor = 76,
  stream_priorities_supported = 78,
  managed_memory = 83,
  single_to_double_ratio = 87,
  pageable_memory_access = 88,
  concurrent_managed_access = 89,
  cooperative_launch = 95,
  max_shared_memory_per_block_optin = 97,
  host_register_supported = 99,
  virtual_memory_management = 102,
  posix_file_descriptors = 103,
  memory_pools_supported = 115,
  dma_buf_supported = 124,
  gpu_pci_device_id = 139
};

enum p2p_attribute : int { p2p_access_supported = 2, p2p_native_atomics = 3 };

enum function_attribute : int {
  function_max_threads_per_block = 0,
  function_shared_size = 1,
  function_local_size = 3,
  function_registers = 4,
  function_binary_version = 6,
  function_max_dynamic_shared_size = 8
};

enum pointer_attribute : int {
  pointer_context = 1,
  pointer_memory_type = 2,
  pointer_device_pointer = 3,
  pointer_is_managed = 8,
  pointer_device_ordinal = 9,
  pointer_range_start = 11,
  pointer_range_size = 12
};

enum jit_option : int {
  jit_max_registers = 0,
  jit_info_log_buffer = 3,
  jit_info_log_size = 4,
  jit_error_log_buffer = 5,
  jit_error_log_size = 6,
  jit_optimization_level = 7,
  jit_generate_debug_info = 11,
  jit_generate_line_info = 13
};

enum jit_input_type : int { jit_input_ptx = 1 };
enum memory_type : unsigned { memory_host = 1, memory_device = 2 };
enum capture_mode : int { capture_relaxed = 2 };
enum pool_attribute : int { pool_release_threshold = 4 };
enum granularity_flags : int { granularity_minimum = 0 };
enum allocation_type : int { allocation_pinned = 1 };
enum allocation_handle_type : int { handle_none = 0, handle_posix_fd = 1 };
enum range_handle_type : int { range_dma_buf_fd = 1 };
enum location_type : int { location_device = 1 };
enum access_flags : int { access_read_write = 3 };
enum external_memory_type : int { external_dma_buf_fd = 9 };
enum graph_update_result : int { graph_update_success = 0 };

inline constexpr unsigned stream_non_blocking = 1;
inline constexpr unsigned event_disable_timing = 2;
inline constexpr unsigned host_portable = 1;
inline constexpr unsigned host_device_map = 2;
inline constexpr unsigned managed_attach_global = 1;
inline constexpr unsigned ipc_lazy_enable_peer_access = 1;

struct uuid {
  unsigned char bytes[16];
};

struct location {
  location_type type;
  int id;
};

struct access_description {
  location where;
  access_flags flags;
};

struct allocation_properties {
  allocation_type type;
  allocation_handle_type handle_types;
  location where;
  void *win32_meta_data;
  unsigned char compression;
  unsigned char gpu_direct_rdma;
  unsigned short usage;
  unsigned char reserved[4];
};

struct pool_properties {
  allocation_type type;
  allocation_handle_type handle_types;
  location where;
  void *win32_security;
  std::size_t max_size;
  unsigned char reserved[56];
};

struct memcpy_2d {
  std::size_t source_x, source_y;
  memory_type source_type;
  const void *source_host;
  deviceptr source_device;
  array source_array;
  std::size_t source_pitch;
  std::size_t destination_x, destination_y;
  memory_type destination_type;
  void *destination_host;
  deviceptr destination_device;
  array destination_array;
  std::size_t destination_pitch;
  std::size_t width, height;
};

struct ipc_memory_handle {
  char bytes[64];
};

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

struct graph_update_result_info {
  graph_update_result result;
  graph_node error_node;
  graph_node error_from_node;
};

}  // namespace hal::plugins::cuda::driver
