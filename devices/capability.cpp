#include "devices/capability.hpp"

#include <algorithm>
#include <array>

namespace hal::devices {
namespace {

using value = capability_value;

template <auto Member>
value read(const device_info &info) {
  using member = std::remove_cvref_t<decltype(info.*Member)>;
  if constexpr (std::is_integral_v<member>) {
    return std::uint64_t{info.*Member};
  } else {
    return info.*Member;
  }
}

template <auto Member, std::size_t Axis>
value read_axis(const device_info &info) {
  return std::uint64_t{(info.*Member)[Axis]};
}

template <std::uint64_t Bit>
value read_data_type(const device_info &info) {
  return (info.data_types & Bit) != 0;
}

template <std::uint64_t Bit>
value read_feature(const device_info &info) {
  return (info.features & Bit) != 0;
}

constexpr capability table[] = {
    {"name", "identity", "", "product name", read<&device_info::name>},
    {"vendor", "identity", "", "maker", read<&device_info::vendor>},
    {"type", "identity", "", "cpu, gpu, npu, fpga, dsp, coprocessor or other",
     [](const device_info &info) { return value(std::string(to_string(info.type))); }},
    {"plugin", "identity", "", "plugin that drives it", read<&device_info::plugin>},
    {"driver_version", "identity", "", "version of the vendor's driver", read<&device_info::driver_version>},
    {"target", "identity", "", "targets whose binaries it runs, its own first", read<&device_info::targets>},
    {"format", "identity", "", "module formats it takes", read<&device_info::module_formats>},

    {"memory", "memory", "B", "what the device can allocate from", read<&device_info::memory_total>},
    {"max_allocation", "memory", "B", "largest single allocation", read<&device_info::max_allocation>},
    {"memory_bandwidth", "memory", "B/s", "peak bandwidth of its own memory",
     read<&device_info::memory_bandwidth>},
    {"memory_bus_width", "memory", "bit", "width of the memory bus", read<&device_info::memory_bus_width>},
    {"l2_cache", "memory", "B", "last cache of the device", read<&device_info::l2_cache_size>},
    {"cache_line", "memory", "B", "cache line", read<&device_info::cache_line_size>},
    {"allocation_alignment", "memory", "B", "every allocation begins at a multiple of this",
     read<&device_info::allocation_alignment>},

    {"compute_units", "execution", "", "multiprocessors, compute units, cores",
     read<&device_info::compute_units>},
    {"clock_rate", "execution", "Hz", "highest clock of the compute units", read<&device_info::clock_rate>},
    {"subgroup_size", "execution", "", "warp, wavefront, SIMD width", read<&device_info::subgroup_size>},
    {"max_block_items", "execution", "", "items of a block", read<&device_info::max_block_items>},
    {"max_block_x", "execution", "", "extent of a block", read_axis<&device_info::max_block, 0>},
    {"max_block_y", "execution", "", "extent of a block", read_axis<&device_info::max_block, 1>},
    {"max_block_z", "execution", "", "extent of a block", read_axis<&device_info::max_block, 2>},
    {"max_grid_x", "execution", "", "extent of a grid, in blocks", read_axis<&device_info::max_grid, 0>},
    {"max_grid_y", "execution", "", "extent of a grid, in blocks", read_axis<&device_info::max_grid, 1>},
    {"max_grid_z", "execution", "", "extent of a grid, in blocks", read_axis<&device_info::max_grid, 2>},
    {"max_items_per_unit", "execution", "", "items resident on a compute unit",
     read<&device_info::max_items_per_unit>},
    {"registers_per_block", "execution", "", "registers of a block", read<&device_info::registers_per_block>},
    {"max_arguments_size", "execution", "B", "arguments of a kernel", read<&device_info::max_arguments_size>},
    {"shared_memory", "execution", "B", "shared memory of a block",
     read<&device_info::shared_memory_per_block>},
    {"max_dynamic_shared_memory", "execution", "B", "largest dynamic shared memory of a launch",
     read<&device_info::max_dynamic_shared_memory>},

    {"peak_f64", "peak rates", "op/s", "dense, a fused multiply-add counts as two",
     read<&device_info::peak_f64>},
    {"peak_f32", "peak rates", "op/s", "likewise", read<&device_info::peak_f32>},
    {"peak_f16", "peak rates", "op/s", "likewise", read<&device_info::peak_f16>},
    {"peak_bf16", "peak rates", "op/s", "likewise", read<&device_info::peak_bf16>},
    {"peak_f8", "peak rates", "op/s", "likewise", read<&device_info::peak_f8>},
    {"peak_i8", "peak rates", "op/s", "likewise", read<&device_info::peak_i8>},

    {"f64", "data types", "", "64-bit floating point", read_data_type<HAL_DATA_TYPE_F64>},
    {"f32", "data types", "", "32-bit floating point", read_data_type<HAL_DATA_TYPE_F32>},
    {"tf32", "data types", "", "19-bit floating point in matrix units", read_data_type<HAL_DATA_TYPE_TF32>},
    {"f16", "data types", "", "16-bit floating point", read_data_type<HAL_DATA_TYPE_F16>},
    {"bf16", "data types", "", "16-bit floating point with the exponent of f32",
     read_data_type<HAL_DATA_TYPE_BF16>},
    {"f8_e4m3", "data types", "", "8-bit floating point, 4 bits of exponent",
     read_data_type<HAL_DATA_TYPE_F8_E4M3>},
    {"f8_e5m2", "data types", "", "8-bit floating point, 5 bits of exponent",
     read_data_type<HAL_DATA_TYPE_F8_E5M2>},
    {"f6", "data types", "", "6-bit floating point", read_data_type<HAL_DATA_TYPE_F6>},
    {"f4", "data types", "", "4-bit floating point", read_data_type<HAL_DATA_TYPE_F4>},
    {"i64", "data types", "", "64-bit integers", read_data_type<HAL_DATA_TYPE_I64>},
    {"i32", "data types", "", "32-bit integers", read_data_type<HAL_DATA_TYPE_I32>},
    {"i16", "data types", "", "16-bit integers", read_data_type<HAL_DATA_TYPE_I16>},
    {"i8", "data types", "", "8-bit integers", read_data_type<HAL_DATA_TYPE_I8>},
    {"i4", "data types", "", "4-bit integers", read_data_type<HAL_DATA_TYPE_I4>},

    {"kernels", "features", "", "runs kernels", read_feature<HAL_FEATURE_KERNELS>},
    {"host_memory", "features", "", "pinned host memory", read_feature<HAL_FEATURE_HOST_MEMORY>},
    {"shared_memory_kind", "features", "", "memory with one address for both sides",
     read_feature<HAL_FEATURE_SHARED_MEMORY>},
    {"addresses", "features", "", "device memory has addresses", read_feature<HAL_FEATURE_ADDRESSES>},
    {"stream_allocation", "features", "", "stream-ordered allocation",
     read_feature<HAL_FEATURE_STREAM_ALLOCATION>},
    {"export_fd", "features", "", "memory as file descriptor", read_feature<HAL_FEATURE_EXPORT_FD>},
    {"export_dma_buf", "features", "", "memory as dma-buf", read_feature<HAL_FEATURE_EXPORT_DMA_BUF>},
    {"export_ipc", "features", "", "memory for other processes", read_feature<HAL_FEATURE_EXPORT_IPC>},
    {"memory_export_fd", "features", "", "memory allocated to leave as file descriptor",
     read_feature<HAL_FEATURE_MEMORY_EXPORT_FD>},
    {"memory_export_dma_buf", "features", "", "memory allocated to leave as dma-buf",
     read_feature<HAL_FEATURE_MEMORY_EXPORT_DMA_BUF>},
    {"memory_export_ipc", "features", "", "memory allocated for other processes",
     read_feature<HAL_FEATURE_MEMORY_EXPORT_IPC>},
    {"memory_import_fd", "features", "", "takes memory as file descriptor",
     read_feature<HAL_FEATURE_MEMORY_IMPORT_FD>},
    {"memory_import_dma_buf", "features", "", "takes memory as dma-buf",
     read_feature<HAL_FEATURE_MEMORY_IMPORT_DMA_BUF>},
    {"separate_failures", "features", "", "a failure ends one opening only",
     read_feature<HAL_FEATURE_SEPARATE_FAILURES>},
    {"peer_access", "features", "", "reaches other devices' memory", read_feature<HAL_FEATURE_PEER_ACCESS>},
    {"pointer_query", "features", "", "tells what an address belongs to",
     read_feature<HAL_FEATURE_POINTER_QUERY>},
    {"adopt_memory", "features", "", "wraps memory made elsewhere", read_feature<HAL_FEATURE_ADOPT_MEMORY>},
    {"adopt_stream", "features", "", "wraps streams made elsewhere", read_feature<HAL_FEATURE_ADOPT_STREAM>},
    {"adopt_context", "features", "", "wraps contexts made elsewhere",
     read_feature<HAL_FEATURE_ADOPT_CONTEXT>},
    {"stream_priority", "features", "", "streams have priorities", read_feature<HAL_FEATURE_STREAM_PRIORITY>},
    {"timestamps", "features", "", "time between events", read_feature<HAL_FEATURE_TIMESTAMPS>},
    {"host_functions", "features", "", "host functions in stream order",
     read_feature<HAL_FEATURE_HOST_FUNCTIONS>},
    {"cooperative_launch", "features", "", "blocks of a launch synchronise",
     read_feature<HAL_FEATURE_COOPERATIVE_LAUNCH>},
    {"graphs", "features", "", "recorded work", read_feature<HAL_FEATURE_GRAPHS>},
    {"graph_update", "features", "", "recorded work with new arguments",
     read_feature<HAL_FEATURE_GRAPH_UPDATE>},
    {"copy_2d", "features", "", "rectangular copies and fills", read_feature<HAL_FEATURE_COPY_2D>},
    {"peer_copy", "features", "", "copies between the plugin's devices", read_feature<HAL_FEATURE_PEER_COPY>},
    {"metrics", "features", "", "live figures", read_feature<HAL_FEATURE_METRICS>},
    {"unified_memory", "features", "", "shares one physical memory with the host",
     read_feature<HAL_FEATURE_UNIFIED_MEMORY>},
    {"ecc", "features", "", "error correction is on", read_feature<HAL_FEATURE_ECC>},
    {"module_binary", "features", "", "hands out what its compiler made",
     read_feature<HAL_FEATURE_MODULE_BINARY>},
};

}  // namespace

std::span<const capability> capabilities() noexcept {
  return table;
}

const capability *find_capability(std::string_view key) noexcept {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [key](const capability &candidate) { return candidate.key == key; });
  return found == std::end(table) ? nullptr : found;
}

bool matches(std::string_view pattern, std::string_view text) noexcept {
  // Greedy with one point of return: linear in practice, never exponential.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace hal::devices
