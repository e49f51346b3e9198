// Modules, their kernels, and launches.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/template/api.hpp"

struct hal_kernel {
  hal_module &module;
  vendor_entry entry = nullptr;
  vendor_entry_facts facts{};
  std::vector<vendor_parameter_facts> parameters;
};

struct hal_module {
  hal_module(hal_device &owner, vendor_code loaded) : device(owner), code(loaded) {}
  ~hal_module();

  hal_device &device;
  const vendor_code code;
  std::map<std::string, hal_kernel, std::less<>> kernels;
};

namespace template_plugin {

// The one format, as in hal_device_description.module_formats. Yours names what your compiler makes.
inline constexpr char module_format[] = "native";

// Table entries; the contract is hal/abi/device.h.
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
  static void module_unload(hal_device *device, hal_module *module);
  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count);
  static void kernel_attributes(hal_kernel *kernel, hal_kernel_attributes *out);
  static void kernel_parameter(hal_kernel *kernel, std::uint32_t index, hal_parameter *out);
  static void kernel_suggest_block(hal_kernel *kernel, const std::uint32_t *items,
                                   std::uint64_t dynamic_shared_memory, std::uint32_t *out_block);
  static void kernel_occupancy(hal_kernel *kernel, std::uint32_t block_items,
                               std::uint64_t dynamic_shared_memory, std::uint32_t *out_blocks);
  static void launch(hal_stream *stream, hal_kernel *kernel, const hal_launch *launch);
};

}  // namespace template_plugin
