// OpenCL's entries, found by name in libOpenCL.so.1 when the first probe needs them, so that this plugin
// loads on machines without OpenCL and can say what is missing.
#pragma once

#include <type_traits>

#include "hal/plugin/ending.hpp"
#include "plugins/opencl/driver.hpp"

struct hal_device;

namespace hal::plugins::opencl {

namespace driver {
template <typename Returns, typename Parameters>
struct entry_of;
template <typename Returns, typename... Parameters>
struct entry_of<Returns, void(Parameters...)> {
  using type = Returns (*)(Parameters...);
};

// Every required member is set. The optional ones may be NULL; they are called on devices of their version
// only. Those of extensions are NULL until a platform is asked for them.
struct entries {
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) \
  entry_of<returns, void parameters>::type member = nullptr;
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
};
}  // namespace driver

using ending = plugin::ending<hal_device, driver::result>;

struct api : driver::entries {
  // Loads the library and finds the entries. Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text
  // when there is none, HAL_STATUS_INCOMPATIBLE_VERSION when it is older than OpenCL 1.2.
  api();
};

// The loaded entries. The first call loads them; when it throws, the next one tries again.
const api &vendor();

// The same with what the platform's extensions add.
driver::entries entries_of(driver::platform platform);

}  // namespace hal::plugins::opencl
