// Our own declarations of the HIP runtime and of hipRTC against real headers, 5.2 to 7: compiled where there
// are some, and that is the test. What a header is too old for is left out by its `since`.
#define __HIP_PLATFORM_AMD__ 1
#include <hip/hip_runtime_api.h>
#include <hip/hiprtc.h>

#include <cstddef>
#include <type_traits>

#include "plugins/hip/api.hpp"
#include "plugins/hip/rtc.hpp"

// The types of our entries, by symbol.
namespace hal::plugins::hip::driver::types {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  using symbol = entry_of<answer parameters>::type;
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
}  // namespace hal::plugins::hip::driver::types

namespace {

namespace ours = hal::plugins::hip::driver;
namespace rtc = hal::plugins::hip::rtc;

#define HAL_HIP_DECLARED(since) (HIP_VERSION_MAJOR * 1000 + HIP_VERSION_MINOR * 10 >= (since))

// ---- Functions: as many parameters, each passed in the same way ----

template <typename One, typename Other>
constexpr bool passed_alike() {
  if constexpr (std::is_pointer_v<One> && std::is_pointer_v<Other>) {
    using to = std::remove_pointer_t<One>;
    using from = std::remove_pointer_t<Other>;
    if constexpr (std::is_arithmetic_v<to> && std::is_arithmetic_v<from>) return sizeof(to) == sizeof(from);
    return true;
  } else {
    return std::is_pointer_v<One> == std::is_pointer_v<Other> &&
           std::is_class_v<One> == std::is_class_v<Other> &&
           std::is_floating_point_v<One> == std::is_floating_point_v<Other> && sizeof(One) == sizeof(Other);
  }
}

template <typename One, typename Other>
struct alike : std::false_type {};
template <typename Answer, typename OtherAnswer, typename... One, typename... Other>
requires(sizeof...(One) == sizeof...(Other)) struct alike<Answer (*)(One...), OtherAnswer (*)(Other...)>
    : std::bool_constant<passed_alike<Answer, OtherAnswer>() && (passed_alike<One, Other>() && ...)> {
};

#define HAL_HIP_CHECK_ENTRY(symbol, answer, parameters)                                   \
  static_assert(alike<ours::types::symbol, std::add_pointer_t<answer parameters>>::value, \
                #symbol " differs from hip_runtime_api.h");
#include "hip_header_entries.inc"

#define HAL_HIP_CHECK_RTC(member, symbol)                                          \
  static_assert(alike<decltype(rtc::entries::member), decltype(&::symbol)>::value, \
                #symbol " differs from hiprtc.h")
HAL_HIP_CHECK_RTC(get_error_string, hiprtcGetErrorString);
HAL_HIP_CHECK_RTC(create_program, hiprtcCreateProgram);
HAL_HIP_CHECK_RTC(compile_program, hiprtcCompileProgram);
HAL_HIP_CHECK_RTC(destroy_program, hiprtcDestroyProgram);
HAL_HIP_CHECK_RTC(get_log_size, hiprtcGetProgramLogSize);
HAL_HIP_CHECK_RTC(get_log, hiprtcGetProgramLog);
HAL_HIP_CHECK_RTC(get_code_size, hiprtcGetCodeSize);
HAL_HIP_CHECK_RTC(get_code, hiprtcGetCode);

// ---- Codes ----

[[maybe_unused]] constexpr bool knows(hipError_t code) {
  switch (static_cast<int>(code)) {
#define HAL_HIP_RESULT(name, number, status, since) \
  case number:                                      \
    return true;
#include "plugins/hip/results.inc"
#undef HAL_HIP_RESULT
  }
  return false;
}

#include "hip_header_codes.inc"

// ---- Constants ----

#define HAL_HIP_SAME(mine, theirs) static_assert(static_cast<int>(mine) == static_cast<int>(theirs))

HAL_HIP_SAME(ours::ecc_enabled, hipDeviceAttributeEccEnabled);
HAL_HIP_SAME(ours::async_engine_count, hipDeviceAttributeAsyncEngineCount);
HAL_HIP_SAME(ours::clock_rate, hipDeviceAttributeClockRate);
HAL_HIP_SAME(ours::compute_mode, hipDeviceAttributeComputeMode);
HAL_HIP_SAME(ours::concurrent_managed_access, hipDeviceAttributeConcurrentManagedAccess);
HAL_HIP_SAME(ours::cooperative_launch, hipDeviceAttributeCooperativeLaunch);
HAL_HIP_SAME(ours::integrated, hipDeviceAttributeIntegrated);
HAL_HIP_SAME(ours::l2_cache_size, hipDeviceAttributeL2CacheSize);
HAL_HIP_SAME(ours::managed_memory, hipDeviceAttributeManagedMemory);
HAL_HIP_SAME(ours::max_block_dim_x, hipDeviceAttributeMaxBlockDimX);
static_assert(hipDeviceAttributeMaxBlockDimZ == hipDeviceAttributeMaxBlockDimX + 2);
HAL_HIP_SAME(ours::max_grid_dim_x, hipDeviceAttributeMaxGridDimX);
static_assert(hipDeviceAttributeMaxGridDimZ == hipDeviceAttributeMaxGridDimX + 2);
HAL_HIP_SAME(ours::max_threads_per_block, hipDeviceAttributeMaxThreadsPerBlock);
HAL_HIP_SAME(ours::max_threads_per_multiprocessor, hipDeviceAttributeMaxThreadsPerMultiProcessor);
HAL_HIP_SAME(ours::max_pitch, hipDeviceAttributeMaxPitch);
HAL_HIP_SAME(ours::global_memory_bus_width, hipDeviceAttributeMemoryBusWidth);
HAL_HIP_SAME(ours::memory_clock_rate, hipDeviceAttributeMemoryClockRate);
HAL_HIP_SAME(ours::multiprocessor_count, hipDeviceAttributeMultiprocessorCount);
HAL_HIP_SAME(ours::pageable_memory_access, hipDeviceAttributePageableMemoryAccess);
HAL_HIP_SAME(ours::max_registers_per_block, hipDeviceAttributeMaxRegistersPerBlock);
HAL_HIP_SAME(ours::max_shared_memory_per_block, hipDeviceAttributeMaxSharedMemoryPerBlock);
HAL_HIP_SAME(ours::warp_size, hipDeviceAttributeWarpSize);
HAL_HIP_SAME(ours::memory_pools_supported, hipDeviceAttributeMemoryPoolsSupported);
HAL_HIP_SAME(ours::large_bar, hipDeviceAttributeIsLargeBar);
HAL_HIP_SAME(ours::asic_revision, hipDeviceAttributeAsicRevision);
HAL_HIP_SAME(ours::fine_grain_support, hipDeviceAttributeFineGrainSupport);
#if HAL_HIP_DECLARED(7000)
HAL_HIP_SAME(ours::xcc_count, hipDeviceAttributeNumberOfXccs);
HAL_HIP_SAME(ours::range_dma_buf_fd, hipMemRangeHandleTypeDmaBufFd);
#endif
HAL_HIP_SAME(ours::p2p_access_supported, hipDevP2PAttrAccessSupported);
HAL_HIP_SAME(ours::p2p_native_atomics, hipDevP2PAttrNativeAtomicSupported);
HAL_HIP_SAME(ours::function_max_threads_per_block, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
HAL_HIP_SAME(ours::function_shared_size, HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
HAL_HIP_SAME(ours::function_local_size, HIP_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
HAL_HIP_SAME(ours::function_registers, HIP_FUNC_ATTRIBUTE_NUM_REGS);
#if HAL_HIP_DECLARED(6000)
HAL_HIP_SAME(ours::memory_host, hipMemoryTypeHost);
HAL_HIP_SAME(ours::memory_device, hipMemoryTypeDevice);
HAL_HIP_SAME(ours::memory_managed, hipMemoryTypeManaged);
#else
HAL_HIP_SAME(ours::memory_host_5, hipMemoryTypeHost);
HAL_HIP_SAME(ours::memory_device_5, hipMemoryTypeDevice);
#endif
HAL_HIP_SAME(ours::copy_by_address, hipMemcpyDefault);
HAL_HIP_SAME(ours::capture_relaxed, hipStreamCaptureModeRelaxed);
HAL_HIP_SAME(ours::pool_release_threshold, hipMemPoolAttrReleaseThreshold);
HAL_HIP_SAME(ours::allocation_pinned, hipMemAllocationTypePinned);
HAL_HIP_SAME(ours::handle_none, hipMemHandleTypeNone);
HAL_HIP_SAME(ours::location_device, hipMemLocationTypeDevice);
HAL_HIP_SAME(ours::access_read_write, hipMemAccessFlagsProtReadWrite);
HAL_HIP_SAME(ours::external_opaque_fd, hipExternalMemoryHandleTypeOpaqueFd);
HAL_HIP_SAME(ours::graph_update_success, hipGraphExecUpdateSuccess);
HAL_HIP_SAME(ours::stream_non_blocking, hipStreamNonBlocking);
HAL_HIP_SAME(ours::event_disable_timing, hipEventDisableTiming);
HAL_HIP_SAME(ours::host_portable, hipHostMallocPortable);
HAL_HIP_SAME(ours::host_portable, hipHostRegisterPortable);
HAL_HIP_SAME(ours::host_device_map, hipHostMallocMapped);
HAL_HIP_SAME(ours::host_device_map, hipHostRegisterMapped);
HAL_HIP_SAME(ours::host_coherent, hipHostMallocCoherent);
HAL_HIP_SAME(ours::malloc_fine_grained, hipDeviceMallocFinegrained);
HAL_HIP_SAME(ours::managed_attach_global, hipMemAttachGlobal);
#if HAL_HIP_DECLARED(6000)
HAL_HIP_SAME(ours::ipc_lazy_enable_peer_access, hipIpcMemLazyEnablePeerAccess);
#elif !HAL_HIP_DECLARED(5030)
HAL_HIP_SAME(ours::ipc_lazy_enable_peer_access_52, hipIpcMemLazyEnablePeerAccess);
#endif
HAL_HIP_SAME(rtc::success, HIPRTC_SUCCESS);
HAL_HIP_SAME(rtc::out_of_memory, HIPRTC_ERROR_OUT_OF_MEMORY);
HAL_HIP_SAME(rtc::invalid_input, HIPRTC_ERROR_INVALID_INPUT);
HAL_HIP_SAME(rtc::invalid_option, HIPRTC_ERROR_INVALID_OPTION);
HAL_HIP_SAME(rtc::compilation, HIPRTC_ERROR_COMPILATION);

// ---- Records: the runtime writes no more than we have room for, and reads what we wrote where it looks ----

#define HAL_HIP_FIELD(mine, my_field, theirs, their_field)                         \
  static_assert(offsetof(ours::mine, my_field) == offsetof(theirs, their_field) && \
                sizeof(ours::mine::my_field) == sizeof(theirs::their_field))

static_assert(sizeof(ours::uuid) == sizeof(hipUUID));
static_assert(sizeof(ours::location) == sizeof(hipMemLocation));
static_assert(sizeof(ours::access_description) == sizeof(hipMemAccessDesc));
HAL_HIP_FIELD(access_description, flags, hipMemAccessDesc, flags);
static_assert(sizeof(ours::pool_properties) == sizeof(hipMemPoolProps));
HAL_HIP_FIELD(pool_properties, handle_types, hipMemPoolProps, handleTypes);
HAL_HIP_FIELD(pool_properties, where, hipMemPoolProps, location);
HAL_HIP_FIELD(pool_properties, win32_security, hipMemPoolProps, win32SecurityAttributes);
static_assert(sizeof(ours::pointer_facts) == sizeof(hipPointerAttribute_t));
HAL_HIP_FIELD(pointer_facts, device, hipPointerAttribute_t, device);
HAL_HIP_FIELD(pointer_facts, device_address, hipPointerAttribute_t, devicePointer);
HAL_HIP_FIELD(pointer_facts, host_address, hipPointerAttribute_t, hostPointer);
HAL_HIP_FIELD(pointer_facts, is_managed, hipPointerAttribute_t, isManaged);
static_assert(sizeof(ours::ipc_memory_handle) == sizeof(hipIpcMemHandle_t));
static_assert(sizeof(ours::external_memory_description) >= sizeof(hipExternalMemoryHandleDesc));
HAL_HIP_FIELD(external_memory_description, handle, hipExternalMemoryHandleDesc, handle);
HAL_HIP_FIELD(external_memory_description, size, hipExternalMemoryHandleDesc, size);
HAL_HIP_FIELD(external_memory_description, flags, hipExternalMemoryHandleDesc, flags);
static_assert(sizeof(ours::external_buffer_description) >= sizeof(hipExternalMemoryBufferDesc));
HAL_HIP_FIELD(external_buffer_description, size, hipExternalMemoryBufferDesc, size);
static_assert(sizeof(ours::device_properties) > 4 * sizeof(hipDeviceProp_t));
static_assert(offsetof(hipDeviceProp_t, name) == 0 &&
              sizeof(hipDeviceProp_t::name) == sizeof(ours::device_properties::name));
static_assert(offsetof(hipDeviceProp_t, gcnArchName) >= sizeof(ours::device_properties::name));

}  // namespace
