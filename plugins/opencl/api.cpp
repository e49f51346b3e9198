#include "plugins/opencl/api.hpp"

#include <fmt/format.h>

#include <string_view>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/library.hpp"

namespace hal::plugins::opencl {
namespace {

constexpr char library_name[] = "libOpenCL.so.1";
constexpr char advice[] =
    "It is the loader of OpenCL's drivers and comes with the distribution (Debian: ocl-icd-libopencl1) or "
    "with "
    "a vendor's driver.";

enum class need { required, optional, extension };

template <typename Entry>
void find(const plugin::library &from, need which, const char *name, Entry &entry) {
  if (which == need::extension) return;
  entry = reinterpret_cast<Entry>(from.symbol(name));
  if (entry != nullptr || which == need::optional) return;
  throw plugin::failure(
      HAL_STATUS_INCOMPATIBLE_VERSION,
      fmt::format("{} has no {}; this plugin needs a loader of OpenCL 1.2 or later.", library_name, name));
}

template <typename Entry>
void ask(const driver::entries &from, driver::platform platform, need which, const char *name, Entry &entry) {
  if (which == need::extension) entry = reinterpret_cast<Entry>(from.get_extension_function(platform, name));
}

}  // namespace

api::api() {
  const plugin::library from = plugin::library::require(library_name, advice);
#define HAL_OPENCL_ENTRY(which, member, symbol, since, returns, parameters) \
  find(from, need::which, #symbol, member);
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
}

const api &vendor() {
  static const api loaded;
  return loaded;
}

driver::entries entries_of(driver::platform platform) {
  driver::entries all = vendor();
#define HAL_OPENCL_ENTRY(which, member, symbol, since, returns, parameters) \
  ask(all, platform, need::which, #symbol, all.member);
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
  return all;
}

}  // namespace hal::plugins::opencl
