// Kernels for verbs that run one on whatever device there is: in the program itself for devices that take
// native code, else from the bundles that are installed beside this program.
#pragma once

#include <string_view>

#include "hal/device.hpp"
#include "hal/module.hpp"
#include "hal/program.hpp"

namespace hal::ctl {

// A kernel and what keeps it loaded.
struct loaded_kernel {
  module native;
  program code;
  hal::kernel kernel;
};

// A kernel of the bundles by its name. Throws hal::error with the reason when no bundle has it in a form that
// the device takes.
loaded_kernel find_kernel(const device &on, std::string_view name);

// A kernel without parameters that does nothing. Throws likewise.
loaded_kernel empty_kernel(const device &on);

}  // namespace hal::ctl
