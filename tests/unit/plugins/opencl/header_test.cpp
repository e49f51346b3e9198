// Our declarations of OpenCL against the Khronos headers: compiled where there are some, and that is the
// test. What the headers are too old for is left out.
#include <cstddef>
#include <type_traits>

// First: the names of our codes are macros of the Khronos headers.
#include "plugins/opencl/api.hpp"

// The types of our entries, by symbol.
namespace hal::plugins::opencl::driver::types {
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) \
  using symbol = entry_of<returns, void parameters>::type;
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
}  // namespace hal::plugins::opencl::driver::types

#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>

namespace {

namespace ours = hal::plugins::opencl::driver;

// ---- Functions: as many parameters, each passed in the same way, and the same returned ----

template <typename One, typename Other>
constexpr bool passed_alike() {
  if constexpr (std::is_void_v<One> || std::is_void_v<Other>) {
    return std::is_void_v<One> && std::is_void_v<Other>;
  } else if constexpr (std::is_pointer_v<One> && std::is_pointer_v<Other>) {
    using to = std::remove_pointer_t<One>;
    using from = std::remove_pointer_t<Other>;
    if constexpr (std::is_arithmetic_v<to> && std::is_arithmetic_v<from>)
      return sizeof(to) == sizeof(from) && std::is_const_v<to> == std::is_const_v<from>;
    return std::is_const_v<to> == std::is_const_v<from> && std::is_function_v<to> == std::is_function_v<from>;
  } else {
    return std::is_pointer_v<One> == std::is_pointer_v<Other> && sizeof(One) == sizeof(Other);
  }
}

template <typename One, typename Other>
struct alike : std::false_type {};
template <typename Mine, typename Theirs, typename... One, typename... Other>
requires(sizeof...(One) == sizeof...(Other)) struct alike<Mine (*)(One...), Theirs (*)(Other...)>
    : std::bool_constant<passed_alike<Mine, Theirs>() && (passed_alike<One, Other>() && ...)> {
};

#define HAL_OPENCL_CHECK_ENTRY(symbol)                                          \
  static_assert(alike<ours::types::symbol, decltype(&::symbol)>::value, #symbol \
                " differs from the "                                            \
                "headers");
#include "opencl_header_entries.inc"

// ---- Codes ----

[[maybe_unused]] constexpr bool knows(int code) {
  switch (code) {
#define HAL_OPENCL_RESULT(name, number, status) \
  case number:                                  \
    return true;
#include "plugins/opencl/results.inc"
#undef HAL_OPENCL_RESULT
  }
  return false;
}

#include "opencl_header_codes.inc"

// ---- Constants ----

#define HAL_OPENCL_SAME(mine, theirs) \
  static_assert(static_cast<unsigned long long>(ours::mine) == static_cast<unsigned long long>(theirs))

#include "opencl_header_constants.inc"

HAL_OPENCL_SAME(device_type_of, CL_DEVICE_TYPE);
HAL_OPENCL_SAME(device_driver_version, CL_DRIVER_VERSION);
HAL_OPENCL_SAME(device_sub_group_independent_progress, CL_DEVICE_SUB_GROUP_INDEPENDENT_FORWARD_PROGRESS);
HAL_OPENCL_SAME(device_enqueue_capabilities, CL_DEVICE_DEVICE_ENQUEUE_CAPABILITIES);
HAL_OPENCL_SAME(address_global, CL_KERNEL_ARG_ADDRESS_GLOBAL);
HAL_OPENCL_SAME(address_local, CL_KERNEL_ARG_ADDRESS_LOCAL);
HAL_OPENCL_SAME(address_constant, CL_KERNEL_ARG_ADDRESS_CONSTANT);
HAL_OPENCL_SAME(address_private, CL_KERNEL_ARG_ADDRESS_PRIVATE);
HAL_OPENCL_SAME(access_none, CL_KERNEL_ARG_ACCESS_NONE);
HAL_OPENCL_SAME(kernel_indirect_host_access, CL_KERNEL_EXEC_INFO_INDIRECT_HOST_ACCESS_INTEL);
HAL_OPENCL_SAME(kernel_indirect_device_access, CL_KERNEL_EXEC_INFO_INDIRECT_DEVICE_ACCESS_INTEL);
HAL_OPENCL_SAME(kernel_indirect_shared_access, CL_KERNEL_EXEC_INFO_INDIRECT_SHARED_ACCESS_INTEL);
HAL_OPENCL_SAME(svm_coarse_grain_buffer, CL_DEVICE_SVM_COARSE_GRAIN_BUFFER);
HAL_OPENCL_SAME(svm_fine_grain_buffer, CL_DEVICE_SVM_FINE_GRAIN_BUFFER);
HAL_OPENCL_SAME(queue_out_of_order, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
HAL_OPENCL_SAME(queue_profiling, CL_QUEUE_PROFILING_ENABLE);
HAL_OPENCL_SAME(usm_access, CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL);
HAL_OPENCL_SAME(priority_high, CL_QUEUE_PRIORITY_HIGH_KHR);
HAL_OPENCL_SAME(priority_medium, CL_QUEUE_PRIORITY_MED_KHR);
HAL_OPENCL_SAME(priority_low, CL_QUEUE_PRIORITY_LOW_KHR);
HAL_OPENCL_SAME(buffer_create_region, CL_BUFFER_CREATE_TYPE_REGION);
HAL_OPENCL_SAME(event_execution_status, CL_EVENT_COMMAND_EXECUTION_STATUS);
HAL_OPENCL_SAME(profiling_end, CL_PROFILING_COMMAND_END);

// Those whose neighbours are counted up from them.
static_assert(CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE == CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR + 5);
static_assert(CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF == CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR + 6);

// ---- Records ----

#define HAL_OPENCL_FIELD(mine, my_field, theirs, their_field)                      \
  static_assert(offsetof(ours::mine, my_field) == offsetof(theirs, their_field) && \
                sizeof(ours::mine::my_field) == sizeof(theirs::their_field))

static_assert(sizeof(ours::bits) == sizeof(cl_bitfield));
static_assert(sizeof(ours::property) == sizeof(cl_queue_properties));
static_assert(sizeof(ours::context_property) == sizeof(cl_context_properties));
static_assert(sizeof(ours::boolean) == sizeof(cl_bool));
static_assert(sizeof(ours::buffer_region) == sizeof(cl_buffer_region));
HAL_OPENCL_FIELD(buffer_region, size, cl_buffer_region, size);
static_assert(sizeof(ours::name_version) == sizeof(cl_name_version));
HAL_OPENCL_FIELD(name_version, name, cl_name_version, name);
#ifdef cl_khr_pci_bus_info
static_assert(sizeof(ours::pci_bus_info) == sizeof(cl_device_pci_bus_info_khr));
HAL_OPENCL_FIELD(pci_bus_info, bus, cl_device_pci_bus_info_khr, pci_bus);
HAL_OPENCL_FIELD(pci_bus_info, function, cl_device_pci_bus_info_khr, pci_function);
#endif

}  // namespace
