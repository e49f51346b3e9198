// One source for one target.
#pragma once

#include <cstddef>
#include <vector>

#include "hal/requirement.hpp"
#include "runtime/compile/source.hpp"

namespace hal::rt {

struct compiled_code {
  std::vector<std::byte> bytes;
  requirements needs;  // what the code asks of a device besides its target
};

// Throws hal::error, invalid_module, with the compiler's, the linker's or the validator's words, or naming
// the functions that nothing defines.
compiled_code compile_for(const toolchain &tools, const kernel_source &source, const compile_target &target);

}  // namespace hal::rt
