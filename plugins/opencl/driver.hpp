// Our own declarations of OpenCL, as far as this plugin uses it: types, constants and record layouts of
// OpenCL 1.2 to 3.0 and of extensions. tests/unit/plugins/opencl/header_test.cpp holds them against the
// Khronos headers where there are some.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hal::plugins::opencl::driver {

using platform = struct platform_record *;
using device = struct device_record *;
using context = struct context_record *;
using queue = struct queue_record *;
using buffer = struct buffer_record *;
using program = struct program_record *;
using kernel = struct kernel_record *;
using event = struct event_record *;
using unsigned_int = std::uint32_t;
using boolean = std::uint32_t;
using bits = std::uint64_t;
using property = std::uint64_t;
using context_property = std::intptr_t;
using context_notify = void (*)(const char *, const void *, std::size_t, void *);
using program_notify = void (*)(program, void *);

// Any number may come back, also from a driver that is newer than this list.
enum result : std::int32_t {
#define HAL_OPENCL_RESULT(name, number, status) name = number,
#include "plugins/opencl/results.inc"
#undef HAL_OPENCL_RESULT
};

enum platform_info : unsigned_int {
  platform_profile = 0x0900,
  platform_version = 0x0901,
  platform_name = 0x0902,
  platform_vendor = 0x0903,
  platform_extensions = 0x0904,
  platform_host_timer_resolution = 0x0905
};

constexpr bits device_type_all = 0xffffffff;
enum device_type : unsigned_int {
  device_type_cpu = 1u << 1,
  device_type_gpu = 1u << 2,
  device_type_accelerator = 1u << 3,
  device_type_custom = 1u << 4
};

enum device_info : unsigned_int {
  device_type_of = 0x1000,
  device_vendor_id = 0x1001,
  device_max_compute_units = 0x1002,
  device_max_work_item_dimensions = 0x1003,
  device_max_work_group_size = 0x1004,
  device_max_work_item_sizes = 0x1005,
  device_preferred_vector_width_char = 0x1006,  // short, int, long, float and double follow
  device_max_clock_frequency = 0x100c,          // MHz
  device_address_bits = 0x100d,
  device_max_read_image_args = 0x100e,
  device_max_write_image_args = 0x100f,
  device_max_mem_alloc_size = 0x1010,
  device_image2d_max_width = 0x1011,
  device_image2d_max_height = 0x1012,
  device_image3d_max_width = 0x1013,
  device_image3d_max_height = 0x1014,
  device_image3d_max_depth = 0x1015,
  device_image_support = 0x1016,
  device_max_parameter_size = 0x1017,
  device_max_samplers = 0x1018,
  device_mem_base_addr_align = 0x1019,  // bits
  device_single_fp_config = 0x101b,
  device_global_mem_cache_type = 0x101c,
  device_global_mem_cacheline_size = 0x101d,
  device_global_mem_cache_size = 0x101e,
  device_global_mem_size = 0x101f,
  device_max_constant_buffer_size = 0x1020,
  device_max_constant_args = 0x1021,
  device_local_mem_type = 0x1022,
  device_local_mem_size = 0x1023,
  device_error_correction_support = 0x1024,
  device_profiling_timer_resolution = 0x1025,  // ns
  device_endian_little = 0x1026,
  device_available = 0x1027,
  device_compiler_available = 0x1028,
  device_execution_capabilities = 0x1029,
  device_queue_properties = 0x102a,
  device_name = 0x102b,
  device_vendor = 0x102c,
  device_driver_version = 0x102d,
  device_profile = 0x102e,
  device_version = 0x102f,
  device_extensions = 0x1030,
  device_platform = 0x1031,
  device_double_fp_config = 0x1032,
  device_half_fp_config = 0x1033,
  device_preferred_vector_width_half = 0x1034,
  device_host_unified_memory = 0x1035,
  device_native_vector_width_char = 0x1036,  // short, int, long, float, double and half follow
  device_opencl_c_version = 0x103d,
  device_linker_available = 0x103e,
  device_built_in_kernels = 0x103f,
  device_image_max_buffer_size = 0x1040,
  device_image_max_array_size = 0x1041,
  device_partition_max_sub_devices = 0x1043,
  device_preferred_interop_user_sync = 0x1048,
  device_printf_buffer_size = 0x1049,
  device_image_pitch_alignment = 0x104a,
  device_image_base_address_alignment = 0x104b,
  device_max_read_write_image_args = 0x104c,
  device_max_global_variable_size = 0x104d,
  device_queue_on_device_properties = 0x104e,
  device_queue_on_device_preferred_size = 0x104f,
  device_queue_on_device_max_size = 0x1050,
  device_max_on_device_queues = 0x1051,
  device_max_on_device_events = 0x1052,
  device_svm_capabilities = 0x1053,
  device_external_memory_import_types = 0x204f,
  device_global_variable_preferred_total_size = 0x1054,
  device_max_pipe_args = 0x1055,
  device_pipe_max_active_reservations = 0x1056,
  device_pipe_max_packet_size = 0x1057,
  device_preferred_platform_atomic_alignment = 0x1058,
  device_preferred_global_atomic_alignment = 0x1059,
  device_preferred_local_atomic_alignment = 0x105a,
  device_il_version = 0x105b,
  device_max_num_sub_groups = 0x105c,
  device_sub_group_independent_progress = 0x105d,
  device_numeric_version = 0x105e,
  device_extensions_with_version = 0x1060,
  device_atomic_memory_capabilities = 0x1063,
  device_atomic_fence_capabilities = 0x1064,
  device_non_uniform_work_group_support = 0x1065,
  device_opencl_c_all_versions = 0x1066,
  device_preferred_work_group_size_multiple = 0x1067,
  device_work_group_collective_functions_support = 0x1068,
  device_generic_address_space_support = 0x1069,
  device_uuid = 0x106a,
  device_opencl_c_features = 0x106f,
  device_enqueue_capabilities = 0x1070,
  device_pipe_support = 0x1071,
  device_latest_conformance_version_passed = 0x1072,
  device_topology_amd = 0x4037,
  device_board_name_amd = 0x4038,
  device_global_free_memory_amd = 0x4039,  // KiB, of which the first of two values counts
  device_warp_size_nv = 0x4003,
  device_pci_bus_id_nv = 0x4008,
  device_pci_slot_id_nv = 0x4009,
  device_pci_domain_id_nv = 0x400a,
  device_wavefront_width_amd = 0x4043,
  device_sub_group_sizes_intel = 0x4108,
  device_pci_bus_info = 0x410f,
  device_host_mem_capabilities = 0x4190,
  device_device_mem_capabilities = 0x4191,
  device_single_device_shared_mem_capabilities = 0x4192,
  device_command_buffer_capabilities = 0x12a9
};

constexpr bits svm_coarse_grain_buffer = 1u << 0;
constexpr bits svm_fine_grain_buffer = 1u << 1;
constexpr bits svm_fine_grain_system = 1u << 2;
constexpr bits svm_atomics = 1u << 3;
constexpr bits queue_out_of_order = 1u << 0;
constexpr bits queue_profiling = 1u << 1;
constexpr bits usm_access = 1u << 0;
constexpr bits fp_fma = 1u << 5;

enum queue_info : unsigned_int { queue_context = 0x1090, queue_device = 0x1091, queue_properties = 0x1093 };
constexpr property queue_priority = 0x1096;
constexpr property priority_high = 1u << 0;
constexpr property priority_medium = 1u << 1;
constexpr property priority_low = 1u << 2;

enum context_info : unsigned_int { context_devices = 0x1081 };
constexpr context_property context_platform = 0x1084;

constexpr bits mem_read_write = 1u << 0;
constexpr bits mem_use_host_ptr = 1u << 3;
// Of clCreateBufferWithProperties: a handle's kind and the handle; the devices that use it, ended by 0.
constexpr property external_opaque_fd = 0x2060;
constexpr property external_dma_buf = 0x2067;
constexpr property mem_device_list = 0x2051;
constexpr bits mem_svm_fine_grain_buffer = 1u << 10;
constexpr bits map_read = 1u << 0;
constexpr bits map_write = 1u << 1;
constexpr unsigned_int buffer_create_region = 0x1220;

enum program_info : unsigned_int {
  program_binary_sizes = 0x1165,
  program_binaries = 0x1166,
  program_num_kernels = 0x1167,
  program_kernel_names = 0x1168
};
enum program_build_info : unsigned_int { program_build_log = 0x1183 };
enum kernel_info : unsigned_int { kernel_num_args = 0x1191 };
enum kernel_arg_info : unsigned_int {
  kernel_arg_address_qualifier = 0x1196,
  kernel_arg_access_qualifier = 0x1197,
  kernel_arg_type_name = 0x1198,
  kernel_arg_name = 0x119a
};
enum address_qualifier : unsigned_int {
  address_global = 0x119b,
  address_local = 0x119c,
  address_constant = 0x119d,
  address_private = 0x119e
};
constexpr unsigned_int access_none = 0x11a3;
enum kernel_work_group_info : unsigned_int {
  kernel_work_group_size = 0x11b0,
  kernel_compile_work_group_size = 0x11b1,
  kernel_local_mem_size = 0x11b2,
  kernel_preferred_work_group_size_multiple = 0x11b3,
  kernel_private_mem_size = 0x11b4
};
enum kernel_exec_info : unsigned_int {
  kernel_indirect_host_access = 0x4200,
  kernel_indirect_device_access = 0x4201,
  kernel_indirect_shared_access = 0x4202
};

enum event_info : unsigned_int { event_execution_status = 0x11d3 };
enum execution_status : int { complete = 0 };  // above: not yet; below: a result, and it failed
enum profiling_info : unsigned_int { profiling_end = 0x1283 };

struct buffer_region {
  std::size_t origin;
  std::size_t size;
};

struct pci_bus_info {
  unsigned_int domain;
  unsigned_int bus;
  unsigned_int device;
  unsigned_int function;
};

// Of cl_amd_device_topology.
struct topology_amd {
  unsigned_int type;  // 1: PCIe
  unsigned char unused[17];
  signed char bus;
  signed char device;
  signed char function;
};

struct name_version {
  unsigned_int version;  // 10 bits major, 10 minor, 12 patch
  char name[64];
};

}  // namespace hal::plugins::opencl::driver
