// What a kernel's parameters are. OpenCL tells their types by name and never their sizes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hal/abi/objects.h"
#include "plugins/opencl/api.hpp"

namespace hal::plugins::opencl {

struct parameter {
  hal_argument_kind kind = HAL_ARGUMENT_VALUE;
  std::uint32_t size = 0;       // 0: not told
  std::uint32_t alignment = 0;  // 0: not told
  bool is_image = false;        // or another object that no argument of the HAL's can be
  std::string type;
  std::string name;
};

struct type_layout {
  std::uint32_t size = 0;  // 0: none of the language's own types
  std::uint32_t alignment = 0;
};

// Of the types that OpenCL C has by itself: "uint", "float4".
type_layout layout_of(std::string_view type) noexcept;

// False when the driver does not tell, as for most binaries.
bool read_parameters(hal_device &device, driver::kernel kernel, std::uint32_t count,
                     std::vector<parameter> &out);

// Sizes of the types that a module's source defines: its compiler is asked, by a kernel for each type whose
// required block is the size and the alignment. What it does not tell stays 0.
void measure_types(hal_module &module, std::vector<parameter> &parameters);

}  // namespace hal::plugins::opencl
