// Modules: what was loaded, and the kernels in it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/abi/device.h"
#include "hal/plugin/checks.hpp"
#include "hal/plugin/ending.hpp"
#include "hal/plugin/module_source.hpp"
#include "hal/plugin/objects.hpp"
#include "hal/plugin/parameters.hpp"
#include "hal/plugin/record.hpp"

namespace hal::plugin::native {

// The vendor adds native_module.
template <typename Vendor>
struct module {
  using ending = plugin::ending<typename Vendor::device, typename Vendor::result>;

  module(typename Vendor::device &owner, typename Vendor::native_module loaded) :device(owner),
      native(loaded) {}
  ~module() {
    ending ignored(device);
    end(ignored);
  }
  module(const module &) = delete;
  module &operator=(const module &) = delete;

  void end(ending &told) noexcept {
    if (native == nullptr) return;
    const typename Vendor::current_or_none current(told);
    if (current) {
      // Not documented to wait for launches of its kernels.
      device.finish_streams(told);
      told(device.api.module_unload(native), Vendor::names::module_unload);
    }
    native = nullptr;
  }

  typename Vendor::device &device;
  typename Vendor::native_module native;
  bool names_known = false;         // `names` holds all kernels
  std::vector<std::string> names;   // sorted
  std::vector<image_kernel> image;  // what the code told, if it could be read
  std::mutex mutex;
  std::map<std::string, typename Vendor::kernel, std::less<>> kernels;  // those that were asked for
};

// The vendor adds the following; the device is current.
//
// formats(const device &): what module_load takes, a vector of texts.
//
// load(device &, const hal_module_source &, std::string &log) answers a std::unique_ptr<module>, or throws.
//
// make_kernel(module &, const char *name) answers a kernel, or throws.
//
// names_unknown: a sentence, why the names of a module's kernels may not be known.
template <typename Vendor>
struct module_entries {
  static void module_load(hal_device *device, hal_module_source *source, hal_module **out_module) {
    typename Vendor::device &open = open_for_work(device);
    hal_module *&made = output(out_module, "out_module");
    made = load_with_log(source, [&](const hal_module_source &given, std::string &log) {
      check_format(given, Vendor::formats(open));
      const typename Vendor::current current(open);
      return open.modules.insert(Vendor::load(open, given, log));
    });
  }

  static void module_unload(hal_device *device, hal_module *module) {
    typename Vendor::device &open = checked(device);
    destroy(open, open.modules, module);
  }

  static void module_kernel(hal_module *module, const char *name, hal_kernel **out_kernel) {
    typename Vendor::module &loaded = checked(module);
    hal_kernel *&kernel = output(out_kernel, "out_kernel");
    const std::lock_guard lock(loaded.mutex);
    kernel = known_kernel(loaded.kernels, name);
    if (kernel != nullptr) return;
    if (loaded.names_known) check_has_kernel(loaded.names, name);
    loaded.device.failed.check();
    const typename Vendor::current current(loaded.device);
    kernel = &loaded.kernels.emplace(name, Vendor::make_kernel(loaded, name)).first->second;
  }

  static void module_kernel_name(hal_module *module, std::uint32_t index, char *name, std::uint64_t room,
                                 std::uint32_t *out_count) {
    const typename Vendor::module &loaded = checked(module);
    std::uint32_t &count = output(out_count, "out_count");
    if (!loaded.names_known) throw failure(HAL_STATUS_UNSUPPORTED, Vendor::names_unknown);
    tell_kernel_name(loaded.names, index, name, room, count);
  }
};

}  // namespace hal::plugin::native
