// Kernels for a CPU: a shared object that exports hal_native_module_1 (hal/abi/native_kernel.h).
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/compile/source.hpp"

namespace hal::rt {

// Throws hal::error, invalid_module, with the compiler's or the linker's words.
std::vector<std::byte> host_code(const toolchain &tools, const kernel_source &source,
                                 const compile_target &target);

}  // namespace hal::rt
