// The CUDA driver's entries, found by name in libcuda.so.1 when the first probe needs them, so that this
// plugin loads on machines without NVIDIA's software and can say what is missing.
#pragma once

#include <string_view>

#include "hal/abi/objects.h"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/native/vendor.hpp"
#include "plugins/cuda/driver.hpp"

namespace hal::plugins::cuda {

namespace driver {
template <typename Function>
struct entry_of;
template <typename... Parameters>
struct entry_of<void(Parameters...)> {
  using type = result (*)(Parameters...);
};

// Every member is set, except that an optional entry may be NULL.
struct entries {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) \
  entry_of<void parameters>::type member = nullptr;
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
};

// What the driver calls them.
struct names {
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) \
  static constexpr std::string_view member = plugin::native::entry_name(#symbol);
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
};
}  // namespace driver

using ending = plugin::ending<hal_device, driver::result>;

struct api : driver::entries {
  // Loads the library and finds the entries. Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text
  // when there is none, HAL_STATUS_INCOMPATIBLE_VERSION when it is older than CUDA 11.0.
  api();

  bool has_pools() const noexcept {
    return mem_pool_create != nullptr && mem_pool_destroy != nullptr && mem_pool_set_attribute != nullptr &&
           mem_pool_trim_to != nullptr && mem_pool_set_access != nullptr &&
           mem_alloc_from_pool_async != nullptr && mem_free_async != nullptr;
  }
  bool has_mapping() const noexcept {
    return mem_get_allocation_granularity != nullptr && mem_create != nullptr && mem_release != nullptr &&
           mem_address_reserve != nullptr && mem_address_free != nullptr && mem_map != nullptr &&
           mem_unmap != nullptr && mem_set_access != nullptr && mem_export_to_shareable_handle != nullptr &&
           mem_import_from_shareable_handle != nullptr;
  }
  bool has_external_memory() const noexcept {
    return import_external_memory != nullptr && external_memory_get_mapped_buffer != nullptr &&
           destroy_external_memory != nullptr;
  }
  bool has_ipc() const noexcept {
    return ipc_get_mem_handle != nullptr && ipc_open_mem_handle != nullptr && ipc_close_mem_handle != nullptr;
  }
  bool has_function_list() const noexcept {
    return module_get_function_count != nullptr && module_enumerate_functions != nullptr &&
           func_get_name != nullptr;
  }
  bool has_linker() const noexcept {
    return link_create != nullptr && link_add_data != nullptr && link_complete != nullptr &&
           link_destroy != nullptr;
  }

  int version = 0;  // as cuDriverGetVersion tells it: 12040 is 12.4
};

// The loaded entries. The first call loads them; when it throws, the next one tries again.
const api &vendor();

}  // namespace hal::plugins::cuda
