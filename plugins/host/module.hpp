// Modules: kernels of the calling program ("native") or of a shared object ("elf").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hal/abi/native_kernel.h"
#include "hal/abi/objects.h"
#include "plugins/host/kernel.hpp"
#include "plugins/host/wait.hpp"

namespace hal::plugins::host {

class loaded_object;

}  // namespace hal::plugins::host

struct hal_module {
  // `code` was verified; `object` is what holds it, NULL for code of the calling program.
  hal_module(hal_device &owner, const hal_native_module &code,
             std::unique_ptr<hal::plugins::host::loaded_object> object);
  ~hal_module();

  hal_device &device;
  const std::unique_ptr<hal::plugins::host::loaded_object> object;
  const hal_native_module *const table;
  std::vector<std::unique_ptr<hal_kernel>> kernels;
  hal::plugins::host::use_count uses;  // launches in flight
};

namespace hal::plugins::host {

// Ends one use of a module. Modules are never abandoned: unloading waits.
inline void release_use(hal_module *used) noexcept {
  static_cast<void>(used->uses.release());
}

// Table entries; the contract is hal/abi/device.h.
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module);
  static void module_unload(hal_device *device, hal_module *module);
  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel);
  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count);
};

}  // namespace hal::plugins::host
