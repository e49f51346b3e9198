// The HIP runtime's entries, found by name in libamdhip64.so when the first probe needs them, so that this
// plugin loads on machines without AMD's software and can say what is missing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hal/plugin/ending.hpp"
#include "hal/plugin/library.hpp"
#include "hal/plugin/native/vendor.hpp"
#include "plugins/hip/driver.hpp"

struct hal_device;

namespace hal::plugins::hip {

namespace driver {
template <typename Function>
struct entry_of;
template <typename Answer, typename... Parameters>
struct entry_of<Answer(Parameters...)> {
  using type = Answer (*)(Parameters...);
};

// Every member is set, except that an optional entry may be NULL.
struct entries {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  entry_of<answer parameters>::type member = nullptr;
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
};

// What the runtime calls them.
struct names {
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) \
  static constexpr std::string_view member = plugin::native::entry_name(#symbol);
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
};
}  // namespace driver

using ending = plugin::ending<hal_device, driver::result>;

// Where the runtime came from: two in one process do not work, so one that is there already is taken.
struct runtime_library {
  plugin::library handle;
  std::string file;         // as it was asked for or found
  bool was_loaded = false;  // by the program, before this plugin asked
  std::string passed_over;  // others that are loaded besides; empty: none
};

struct api : driver::entries {
  // Finds the library and the entries. Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text when
  // there is none, HAL_STATUS_INCOMPATIBLE_VERSION when it is older than HIP 5.2.
  api();

  bool has_pools() const noexcept {
    return mem_pool_create != nullptr && mem_pool_destroy != nullptr && mem_pool_set_attribute != nullptr &&
           mem_pool_trim_to != nullptr && mem_pool_set_access != nullptr &&
           mem_alloc_from_pool_async != nullptr && mem_free_async != nullptr;
  }
  bool exports_descriptors() const noexcept {
    return mem_get_handle_for_address_range != nullptr || export_dma_buf != nullptr;
  }
  bool imports_descriptors() const noexcept {
    return import_external_memory != nullptr && external_memory_get_mapped_buffer != nullptr &&
           destroy_external_memory != nullptr;
  }
  bool has_ipc() const noexcept {
    return ipc_get_mem_handle != nullptr && ipc_open_mem_handle != nullptr && ipc_close_mem_handle != nullptr;
  }
  bool has_contexts() const noexcept {
    return primary_ctx_retain != nullptr && primary_ctx_release != nullptr;
  }

  runtime_library library;
  int version = 0;  // major * 1000 + minor * 10: 6020 is 6.2
  // hsa_amd_portable_export_dmabuf of the layer below, which runtimes before 7.0 have instead of an entry of
  // their own; 0 is success. NULL where that layer is not there or too old.
  int (*export_dma_buf)(const void *address, std::size_t size, int *descriptor,
                        std::uint64_t *offset) = nullptr;
};

// The loaded entries. The first call loads them; when it throws, the next one tries again.
const api &vendor();

}  // namespace hal::plugins::hip
