// Which device of the machine an OpenCL device is, as far as its driver tells.
#pragma once

#include <string_view>

#include "hal/abi/description.h"
#include "plugins/opencl/driver.hpp"

namespace hal::plugins::opencl {

// PCI address by cl_khr_pci_bus_info or the vendors' own extensions, UUID by cl_khr_device_uuid.
void describe_identity(driver::device device, std::string_view extensions, hal_device_description &out);

}  // namespace hal::plugins::opencl
