// The table of kernels that a module brings: everything in it is checked once, before anything uses it.
#pragma once

#include <cstdint>
#include <string_view>

#include "hal/abi/native_kernel.h"

namespace hal::plugins::host {

// Where a module's pointers may point. The default allows everything: code of the calling program cannot be
// checked further.
class address_check {
 public:
  virtual ~address_check() = default;
  virtual bool readable(const void *, std::uint64_t) const { return true; }
  virtual bool executable(const void *) const { return true; }
  // Readable up to and with a terminating zero.
  virtual bool text(const char *) const { return true; }
};

// Throws HAL_STATUS_INVALID_MODULE with what is wrong and in which kernel, and HAL_STATUS_INCOMPATIBLE_TARGET
// for what is sound but beyond this device's limits. `module` itself is known to be readable for the size
// of hal_native_module.
void verify_module(const hal_native_module &module, const address_check &addresses);

}  // namespace hal::plugins::host
