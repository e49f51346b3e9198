// The names of AMD's targets, "gfx90a:sramecc+:xnack-", after LLVM's "User Guide for AMDGPU Backend": a
// processor and what the code needs of two features of the device.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hal::plugins::hip {

enum class feature : std::uint8_t {
  any,  // code: runs either way; device: does not have it or does not say
  off,
  on
};

struct target {
  std::string processor;  // empty: not known
  feature sramecc = feature::any;
  feature xnack = feature::any;

  std::string text() const;
};

// Takes the name alone or at the end of a triple: "amdgcn-amd-amdhsa--gfx90a:xnack+",
// "hipv4-amdgcn-amd-amdhsa--gfx906".
target parse_target(std::string_view name);

// What the ELF header of a code object says, in versions 4 and later of the object format.
target target_of_flags(std::uint32_t flags);

// The generic processor whose code a processor also runs; empty: none.
std::string_view generic_of(std::string_view processor) noexcept;

// Whether code for one runs on a device of the other.
bool runs_on(const target &code, const target &device) noexcept;

}  // namespace hal::plugins::hip
