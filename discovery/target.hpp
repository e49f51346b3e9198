// Which code runs on which device: the rules of every family of targets that kernels are compiled for.
//
// A target is a text that compilers know: "sm_90", "gfx942:sramecc+:xnack-", "gfx9-4-generic", "x86-64-v3",
// "aarch64", "spirv1.2". A device tells the targets whose binaries it runs (device_info.targets, its own
// first).
#pragma once

#include <string_view>

namespace hal::discovery {

// How well code suits a device's target; a later enumerator suits better.
enum class target_fit {
  none,
  translated,  // runs after translation for a newer device: PTX
  generic,     // made for the device's family
  compatible,  // made for an older device of the same family, whose binaries run unchanged
  exact,
};

// Code of that format for `code` on a device that runs `device`.
//
// "cubin", "fatbin": the same major number of sm_XY, and the same or a lower minor one; a suffix "a" asks for
// just that device, "f" for the same major number and at least that minor one (CUDA's programming guide,
// "Application compatibility" and "Family-specific features").
// "ptx": the same or a lower number; "a" and "f" as above.
// "hsaco": the same processor, or a generic one that covers it; xnack and sramecc must agree where the code
// names them (LLVM's "User Guide for AMDGPU Backend": "Target ID", "Generic processors").
// "spirv": the same or a lower version; "spirv" alone is any version.
// All others: the same text.
target_fit fit_of(std::string_view format, std::string_view code, std::string_view device);

// How much of the work is done when a module of this format is loaded: 3 for binaries, 2 for intermediate
// code, 1 for source.
int readiness(std::string_view format);

}  // namespace hal::discovery
