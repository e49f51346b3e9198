// The fixed facts of a device, read from its driver without a context.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/abi/description.h"
#include "plugins/opencl/platforms.hpp"

namespace hal::plugins::opencl {

// What a device's driver offers beyond OpenCL 1.2.
struct abilities {
  int version = 0;  // 300 is OpenCL 3.0
  std::string extensions;
  bool has_usm = false;         // memory with addresses by cl_intel_unified_shared_memory ...
  bool has_usm_host = false;    // ... of the host,
  bool has_usm_shared = false;  // ... and of both
  bool has_svm = false;         // memory with addresses by OpenCL 2.0
  bool has_fine_svm = false;    // which the host reaches at any time
  bool has_il = false;          // programs from SPIR-V, by OpenCL 2.1 ...
  bool has_il_khr = false;      // ... or by cl_khr_il_program
  bool imports_fd = false;      // memory of others, by cl_khr_external_memory
  bool imports_dma_buf = false;
  bool has_priority = false;
  bool has_suggestion = false;
};

abilities abilities_of(const found_device &found);

// The formats of modules that the device takes, the ones that are ready soonest first.
std::vector<const char *> formats_of(driver::device device, const abilities &able);

// `out` is zeroed. Throws like probed, and HAL_STATUS_INTERNAL when the driver's figures make no sense.
void describe(std::uint32_t index, hal_device_description &out);

// "Arc A770 (0000:17:00.0)", for messages.
std::string device_label(const hal_device_description &facts);

}  // namespace hal::plugins::opencl
