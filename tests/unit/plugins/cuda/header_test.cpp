// Our declarations of the driver API against a real cuda.h, 11.0 to 13: compiled where there is one, and that
// is the test. An enumerator, an entry or a field that the header is too old for is left out by its `since`.
#define __CUDA_API_VERSION_INTERNAL  // declares what newer headers hide behind macros, under its own name
#include <cuda.h>

#include <cstddef>
#include <type_traits>

#include "plugins/cuda/api.hpp"

// The types of our entries, by symbol.
namespace hal::plugins::cuda::driver::types {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) \
  using symbol = entry_of<void parameters>::type;
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
}  // namespace hal::plugins::cuda::driver::types

namespace {

namespace ours = hal::plugins::cuda::driver;

// ---- Functions: as many parameters, each passed in the same way ----

template <typename One, typename Other>
constexpr bool passed_alike() {
  const bool same_class = std::is_pointer_v<One> == std::is_pointer_v<Other> &&
                          std::is_class_v<One> == std::is_class_v<Other> &&
                          std::is_floating_point_v<One> == std::is_floating_point_v<Other>;
  if constexpr (std::is_pointer_v<One> && std::is_pointer_v<Other>) {
    using to = std::remove_pointer_t<One>;
    using from = std::remove_pointer_t<Other>;
    if constexpr (std::is_arithmetic_v<to> && std::is_arithmetic_v<from>)
      return sizeof(to) == sizeof(from) && std::is_const_v<to> == std::is_const_v<from>;
    return std::is_const_v<to> == std::is_const_v<from>;
  } else {
    return same_class && sizeof(One) == sizeof(Other);
  }
}

template <typename One, typename Other>
struct alike : std::false_type {};
template <typename... One, typename... Other>
requires(sizeof...(One) == sizeof...(Other)) struct alike<ours::result (*)(One...), CUresult (*)(Other...)>
    : std::bool_constant<(passed_alike<One, Other>() && ...)> {
};

#define HAL_CUDA_CHECK_ENTRY(symbol) \
  static_assert(alike<ours::types::symbol, decltype(&::symbol)>::value, #symbol " differs from cuda.h");
#include "cuda_header_entries.inc"

#define HAL_CUDA_DECLARED(since) (CUDA_VERSION >= (since))

// ---- Codes ----

// A header that is too old for an enumerator lacks its name, so that names are looked up by number instead:
// a switch over CUresult without a default, in which every enumerator of the header must be found.
[[maybe_unused]] constexpr bool knows(CUresult code) {
  switch (static_cast<int>(code)) {
#define HAL_CUDA_RESULT(name, number, status, since) \
  case number:                                       \
    return true;
#include "plugins/cuda/results.inc"
#undef HAL_CUDA_RESULT
  }
  return false;
}

#include "cuda_header_codes.inc"

// ---- Constants ----

#define HAL_CUDA_SAME(mine, theirs) static_assert(static_cast<int>(ours::mine) == static_cast<int>(theirs))

HAL_CUDA_SAME(max_threads_per_block, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
HAL_CUDA_SAME(max_block_dim_x, CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X);
static_assert(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z == CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + 2);
HAL_CUDA_SAME(max_grid_dim_x, CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X);
static_assert(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z == CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + 2);
HAL_CUDA_SAME(max_shared_memory_per_block, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
HAL_CUDA_SAME(warp_size, CU_DEVICE_ATTRIBUTE_WARP_SIZE);
HAL_CUDA_SAME(max_pitch, CU_DEVICE_ATTRIBUTE_MAX_PITCH);
HAL_CUDA_SAME(max_registers_per_block, CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK);
HAL_CUDA_SAME(clock_rate, CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
HAL_CUDA_SAME(multiprocessor_count, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
HAL_CUDA_SAME(kernel_exec_timeout, CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT);
HAL_CUDA_SAME(integrated, CU_DEVICE_ATTRIBUTE_INTEGRATED);
HAL_CUDA_SAME(compute_mode, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
HAL_CUDA_SAME(ecc_enabled, CU_DEVICE_ATTRIBUTE_ECC_ENABLED);
HAL_CUDA_SAME(memory_clock_rate, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
HAL_CUDA_SAME(global_memory_bus_width, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
HAL_CUDA_SAME(l2_cache_size, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
HAL_CUDA_SAME(max_threads_per_multiprocessor, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
HAL_CUDA_SAME(async_engine_count, CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT);
HAL_CUDA_SAME(compute_capability_major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
HAL_CUDA_SAME(compute_capability_minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
HAL_CUDA_SAME(stream_priorities_supported, CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED);
HAL_CUDA_SAME(managed_memory, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY);
HAL_CUDA_SAME(single_to_double_ratio, CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO);
HAL_CUDA_SAME(pageable_memory_access, CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS);
HAL_CUDA_SAME(concurrent_managed_access, CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS);
HAL_CUDA_SAME(cooperative_launch, CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH);
HAL_CUDA_SAME(max_shared_memory_per_block_optin, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
HAL_CUDA_SAME(virtual_memory_management, CU_DEVICE_ATTRIBUTE_VIRTUAL_ADDRESS_MANAGEMENT_SUPPORTED);
HAL_CUDA_SAME(posix_file_descriptors, CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED);
#if HAL_CUDA_DECLARED(11020)
HAL_CUDA_SAME(memory_pools_supported, CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED);
HAL_CUDA_SAME(pool_release_threshold, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD);
static_assert(sizeof(ours::pool_properties) == sizeof(CUmemPoolProps));
static_assert(offsetof(ours::pool_properties, where) == offsetof(CUmemPoolProps, location));
static_assert(offsetof(ours::pool_properties, win32_security) ==
              offsetof(CUmemPoolProps, win32SecurityAttributes));
#endif
#if HAL_CUDA_DECLARED(11070)
HAL_CUDA_SAME(dma_buf_supported, CU_DEVICE_ATTRIBUTE_DMA_BUF_SUPPORTED);
HAL_CUDA_SAME(range_dma_buf_fd, CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD);
#endif
#if HAL_CUDA_DECLARED(12090)
HAL_CUDA_SAME(gpu_pci_device_id, CU_DEVICE_ATTRIBUTE_GPU_PCI_DEVICE_ID);
#endif
#if HAL_CUDA_DECLARED(13000)
HAL_CUDA_SAME(external_dma_buf_fd, CU_EXTERNAL_MEMORY_HANDLE_TYPE_DMABUF_FD);
#endif
HAL_CUDA_SAME(p2p_access_supported, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED);
HAL_CUDA_SAME(p2p_native_atomics, CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED);
HAL_CUDA_SAME(function_max_threads_per_block, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
HAL_CUDA_SAME(function_shared_size, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
HAL_CUDA_SAME(function_local_size, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
HAL_CUDA_SAME(function_registers, CU_FUNC_ATTRIBUTE_NUM_REGS);
HAL_CUDA_SAME(function_max_dynamic_shared_size, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
HAL_CUDA_SAME(pointer_memory_type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE);
HAL_CUDA_SAME(pointer_device_pointer, CU_POINTER_ATTRIBUTE_DEVICE_POINTER);
HAL_CUDA_SAME(pointer_is_managed, CU_POINTER_ATTRIBUTE_IS_MANAGED);
HAL_CUDA_SAME(pointer_device_ordinal, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL);
HAL_CUDA_SAME(pointer_range_start, CU_POINTER_ATTRIBUTE_RANGE_START_ADDR);
HAL_CUDA_SAME(pointer_range_size, CU_POINTER_ATTRIBUTE_RANGE_SIZE);
HAL_CUDA_SAME(jit_max_registers, CU_JIT_MAX_REGISTERS);
HAL_CUDA_SAME(jit_info_log_buffer, CU_JIT_INFO_LOG_BUFFER);
HAL_CUDA_SAME(jit_info_log_size, CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES);
HAL_CUDA_SAME(jit_error_log_buffer, CU_JIT_ERROR_LOG_BUFFER);
HAL_CUDA_SAME(jit_error_log_size, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
HAL_CUDA_SAME(jit_optimization_level, CU_JIT_OPTIMIZATION_LEVEL);
HAL_CUDA_SAME(jit_generate_debug_info, CU_JIT_GENERATE_DEBUG_INFO);
HAL_CUDA_SAME(jit_generate_line_info, CU_JIT_GENERATE_LINE_INFO);
HAL_CUDA_SAME(jit_input_ptx, CU_JIT_INPUT_PTX);
HAL_CUDA_SAME(memory_host, CU_MEMORYTYPE_HOST);
HAL_CUDA_SAME(memory_device, CU_MEMORYTYPE_DEVICE);
HAL_CUDA_SAME(capture_relaxed, CU_STREAM_CAPTURE_MODE_RELAXED);
HAL_CUDA_SAME(granularity_minimum, CU_MEM_ALLOC_GRANULARITY_MINIMUM);
HAL_CUDA_SAME(allocation_pinned, CU_MEM_ALLOCATION_TYPE_PINNED);
HAL_CUDA_SAME(handle_posix_fd, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
HAL_CUDA_SAME(location_device, CU_MEM_LOCATION_TYPE_DEVICE);
HAL_CUDA_SAME(access_read_write, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
HAL_CUDA_SAME(stream_non_blocking, CU_STREAM_NON_BLOCKING);
HAL_CUDA_SAME(event_disable_timing, CU_EVENT_DISABLE_TIMING);
HAL_CUDA_SAME(host_portable, CU_MEMHOSTALLOC_PORTABLE);
HAL_CUDA_SAME(host_portable, CU_MEMHOSTREGISTER_PORTABLE);
HAL_CUDA_SAME(host_device_map, CU_MEMHOSTALLOC_DEVICEMAP);
HAL_CUDA_SAME(host_device_map, CU_MEMHOSTREGISTER_DEVICEMAP);
HAL_CUDA_SAME(managed_attach_global, CU_MEM_ATTACH_GLOBAL);
HAL_CUDA_SAME(ipc_lazy_enable_peer_access, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS);

// ---- Records ----

#define HAL_CUDA_FIELD(mine, my_field, theirs, their_field)                        \
  static_assert(offsetof(ours::mine, my_field) == offsetof(theirs, their_field) && \
                sizeof(ours::mine::my_field) == sizeof(theirs::their_field))

static_assert(sizeof(ours::deviceptr) == sizeof(CUdeviceptr));
static_assert(sizeof(ours::device) == sizeof(CUdevice));
static_assert(sizeof(ours::allocation_handle) == sizeof(CUmemGenericAllocationHandle));
static_assert(sizeof(ours::uuid) == sizeof(CUuuid));
static_assert(sizeof(ours::location) == sizeof(CUmemLocation));
static_assert(sizeof(ours::access_description) == sizeof(CUmemAccessDesc));
HAL_CUDA_FIELD(access_description, flags, CUmemAccessDesc, flags);
static_assert(sizeof(ours::allocation_properties) == sizeof(CUmemAllocationProp));
HAL_CUDA_FIELD(allocation_properties, handle_types, CUmemAllocationProp, requestedHandleTypes);
HAL_CUDA_FIELD(allocation_properties, where, CUmemAllocationProp, location);
static_assert(offsetof(ours::allocation_properties, gpu_direct_rdma) ==
              offsetof(CUmemAllocationProp, allocFlags) + 1);
static_assert(sizeof(ours::memcpy_2d) == sizeof(CUDA_MEMCPY2D));
HAL_CUDA_FIELD(memcpy_2d, source_x, CUDA_MEMCPY2D, srcXInBytes);
HAL_CUDA_FIELD(memcpy_2d, source_type, CUDA_MEMCPY2D, srcMemoryType);
HAL_CUDA_FIELD(memcpy_2d, source_host, CUDA_MEMCPY2D, srcHost);
HAL_CUDA_FIELD(memcpy_2d, source_device, CUDA_MEMCPY2D, srcDevice);
HAL_CUDA_FIELD(memcpy_2d, source_pitch, CUDA_MEMCPY2D, srcPitch);
HAL_CUDA_FIELD(memcpy_2d, destination_type, CUDA_MEMCPY2D, dstMemoryType);
HAL_CUDA_FIELD(memcpy_2d, destination_host, CUDA_MEMCPY2D, dstHost);
HAL_CUDA_FIELD(memcpy_2d, destination_device, CUDA_MEMCPY2D, dstDevice);
HAL_CUDA_FIELD(memcpy_2d, destination_pitch, CUDA_MEMCPY2D, dstPitch);
HAL_CUDA_FIELD(memcpy_2d, width, CUDA_MEMCPY2D, WidthInBytes);
HAL_CUDA_FIELD(memcpy_2d, height, CUDA_MEMCPY2D, Height);
static_assert(sizeof(ours::ipc_memory_handle) == sizeof(CUipcMemHandle));
static_assert(sizeof(ours::external_memory_description) == sizeof(CUDA_EXTERNAL_MEMORY_HANDLE_DESC));
HAL_CUDA_FIELD(external_memory_description, handle, CUDA_EXTERNAL_MEMORY_HANDLE_DESC, handle);
HAL_CUDA_FIELD(external_memory_description, size, CUDA_EXTERNAL_MEMORY_HANDLE_DESC, size);
static_assert(sizeof(ours::external_buffer_description) == sizeof(CUDA_EXTERNAL_MEMORY_BUFFER_DESC));
HAL_CUDA_FIELD(external_buffer_description, size, CUDA_EXTERNAL_MEMORY_BUFFER_DESC, size);
#if HAL_CUDA_DECLARED(12000)
static_assert(sizeof(ours::graph_update_result_info) == sizeof(CUgraphExecUpdateResultInfo));
HAL_CUDA_FIELD(graph_update_result_info, error_from_node, CUgraphExecUpdateResultInfo, errorFromNode);
#endif

}  // namespace
